package check

import (
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// wantedTypes are Prefect's settings with the type that each begins with, after
// casting, by any release's rules: what Prefect's own code takes it for.
var wantedTypes = sync.OnceValue(func() map[string]string {
	types := map[string]string{}
	for _, v := range []prefect.Version{prefect.V0_9, prefect.V1_4} {
		config, err := prefect.LoadConfig(prefect.ConfigOptions{Version: v, Text: "\n"})
		if err != nil {
			panic("check: the settings of Prefect " + v.String() + " do not load: " + err.Error())
		}
		for _, e := range config.Entries() {
			types[strings.Join(e.Path, ".")] = e.Type()
		}
	}
	for _, name := range looseTypes {
		types[name] = "any"
	}
	return types
})

// looseTypes are settings that begin as one type and may be of others: false for
// no limit, a number of seconds, a list or the text of one.
var looseTypes = []string{
	"tasks.defaults.max_retries", "tasks.defaults.retry_delay", "tasks.defaults.timeout",
	"cloud.agent.labels", "logging.log_attributes", "logging.extra_loggers",
}

// isSetting reports whether a release begins with a setting or reads it.
func isSetting(v prefect.Version, name string) bool {
	return slices.Contains(prefect.Settings(v), name)
}
