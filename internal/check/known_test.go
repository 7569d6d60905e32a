package check

import (
	"slices"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestKnownAsMeasured asks unknown-key and deprecated about each setting, for each
// release.
func TestKnownAsMeasured(t *testing.T) {
	for _, v := range release.Any.Releases() {
		for _, s := range release.Settings() {
			if s.Name == envVars {
				continue // it is a table
			}
			want := ""
			switch {
			case s.DroppedIn(v):
				want = "deprecated"
			case !s.KnownTo(v):
				want = "unknown-key"
			}
			for _, rule := range []string{"unknown-key", "deprecated"} {
				if got := hasFinding(v, s.Name, rule); got != (rule == want) {
					t.Errorf("%s: %s reports %s: %t", v, rule, s.Name, got)
				}
			}
		}
	}
}

func hasFinding(v release.Version, setting, rule string) bool {
	found := File("x.toml", []byte(setting+" = 1\n"), Options{Version: v, Rules: []string{rule}})
	return slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Rule == rule })
}

// TestKnownToAny has settings of some releases.
func TestKnownToAny(t *testing.T) {
	for setting, want := range map[string]string{
		"server.ui.graphql_url":         "deprecated",
		"cloud.agent.env_vars.A":        "",
		"tasks.defaults.timeout":        "",
		"cloud.tenant_id":               "",
		"engine.executor.dask.adress":   "unknown-key",
		"cloud.rate_limiting.max_retry": "unknown-key",
		"cloud.agent":                   "unknown-key",
		"cloud":                         "unknown-key",
		"context":                       "",
	} {
		for _, rule := range []string{"deprecated", "unknown-key"} {
			if got := hasFinding(release.Any, setting, rule); got != (rule == want) {
				t.Errorf("%s reports %s: %t", rule, setting, got)
			}
		}
	}
}
