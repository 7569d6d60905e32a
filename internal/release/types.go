package release

import (
	"strings"
	"sync"
)

// SettingType is the type, as Python calls it, that one of Prefect's settings begins
// with, after casting, by any release's rules: what Prefect's own code takes it for.
// It is any for a setting that may be of several types, and empty for a name that
// is no setting.
func SettingType(name string) string { return settingTypes()[name] }

var settingTypes = sync.OnceValue(func() map[string]string {
	types := map[string]string{}
	for _, v := range Any.Releases() {
		config, err := Load(Options{Version: v})
		if err != nil {
			panic("the settings of Prefect " + v.String() + " do not load: " + err.Error())
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
