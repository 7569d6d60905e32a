package release

import (
	"strings"
	"sync"
)

// SettingType returns Python's name for the type that Prefect's own code expects of
// a setting: that of its default, after casting, in any release. It is any for a
// setting that may have several types, and empty for an unknown setting.
func SettingType(name string) string { return settingTypes()[name] }

var settingTypes = sync.OnceValue(func() map[string]string {
	types := map[string]string{}
	for _, v := range Any.Eras() {
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

// looseTypes are settings that may have another type than their default: false for
// no limit, a number of seconds, a list or a string that holds one.
var looseTypes = []string{
	"tasks.defaults.max_retries", "tasks.defaults.retry_delay", "tasks.defaults.timeout",
	"cloud.agent.labels", "logging.log_attributes", "logging.extra_loggers",
}
