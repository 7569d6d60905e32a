package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// replaced are settings and values that a later release renamed or dropped, with
// what to write instead (Prefect's changelog and config.toml of 0.9.3 and 1.4.1).
var replaced = map[string]string{
	"cloud.auth_token":                     "0.15.0 put API keys in its place, and 1.0.0 dropped it: use cloud.api_key",
	"cloud.agent.auth_token":               "0.15.0 put API keys in its place: use cloud.api_key",
	"logging.log_to_cloud":                 "0.14.0 renamed it: use cloud.send_flow_run_logs",
	"engine.executor.dask.local_processes": "0.13.0 dropped it: give the executor its own options",
}

// moved are the beginnings of class paths that later releases moved.
var moved = []struct{ from, to, release string }{
	{"prefect.environments.storage.", "prefect.storage.", "0.14.0"},
	{"prefect.engine.executors.", "prefect.executors.", "0.14.0"},
	{"prefect.environments.execution.", "prefect.run_configs.", "0.14.0"},
}

// checkDeprecated reports what Prefect 1.4 no longer reads.
func checkDeprecated(s *source, report func(finding)) {
	if !slices.Contains(s.versions(), prefect.V1_4) {
		return
	}
	for _, v := range s.settings() {
		name := v.name
		if instead, ok := replaced[name]; ok && v.text != "" {
			report(s.atKey(v, len(v.path), fmt.Sprintf("%s is no setting of Prefect 1.4", name), instead))
		}
		for _, m := range moved {
			if class, ok := strings.CutPrefix(v.text, m.from); ok && v.Kind.IsString() && !v.secret {
				report(v.about(fmt.Sprintf("%s names a class where Prefect 1.4 has it no longer", name), fmt.Sprintf("%s moved %s to %s%s", m.release, strings.TrimSuffix(m.from, "."), m.to, classWord(class))))
			}
		}
	}
}

// classWord is a class name to be shown; anything else is left out.
func classWord(text string) string {
	if text == "" || run(text, alphanumeric) != len(text) {
		return "…"
	}
	return text
}
