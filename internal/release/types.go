package release

import (
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// SettingType is the type, as Python calls it, that one of Prefect's settings begins
// with, after casting, by any release's rules: what Prefect's own code takes it for.
// It is any for a setting that may be of several types, and empty for a name that
// is no setting.
func SettingType(name string) string { return settingTypes()[name] }

var settingTypes = sync.OnceValue(func() map[string]string {
	types := map[string]string{}
	for _, v := range Any.Releases() {
		config, err := Load(Input{Version: v, Env: NewEnvironment(nil)})
		if err != nil {
			panic("the settings of Prefect " + v.String() + " do not load: " + err.Error())
		}
		config.Each(func(e Entry) { types[strings.Join(e.Path, ".")] = pyliteral.TypeName(e.Value) })
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
