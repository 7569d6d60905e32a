package release

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Setting is a setting that some release has by default or reads, as measured: see
// test/prefect/settings.py.
type Setting struct {
	Name     string
	path     path
	read     Span // the releases whose code reads it; zero for none
	defaults []defaultValue
	types    []string // see [Setting.Types]
}

// defaultValue is what some releases in a row have as a setting's default.
type defaultValue struct {
	Span
	value any
	cast  any // what value is to a release that casts the strings of its file
}

//go:embed settings.jsonl
var settingsTable []byte

// settingRow is a line of the table.
type settingRow struct {
	Path     string
	Read     []string
	Defaults []struct {
		First, Last string
		Value       any
	}
}

// settings returns all settings, in the order of Prefect's config.toml. The result
// is shared.
var settings = sync.OnceValue(func() []Setting {
	var all []Setting
	lines := json.NewDecoder(bytes.NewReader(settingsTable))
	lines.UseNumber()
	for lines.More() {
		var row settingRow
		if err := lines.Decode(&row); err != nil {
			panic("the table of settings: " + err.Error())
		}
		if row.Path != "" {
			all = append(all, row.setting())
		}
	}
	return all
})

func (row settingRow) setting() Setting {
	s := Setting{Name: row.Path, path: strings.Split(row.Path, ".")}
	if len(row.Read) == 2 {
		s.read = Span{mustParseNumber(row.Read[0]), mustParseNumber(row.Read[1])}
	}
	for _, d := range row.Defaults {
		value := numberValue(d.Value)
		cast := value
		if text, ok := value.(string); ok {
			if changed, ok := latest.Version().CastInFile(text); ok {
				cast = changed
			}
		}
		s.defaults = append(s.defaults, defaultValue{Span{mustParseNumber(d.First), mustParseNumber(d.Last)}, value, cast})
		if !slices.Contains(looseTypes, s.Name) {
			s.types = append(s.types, pyliteral.TypeName(value), pyliteral.TypeName(cast))
		}
	}
	return s
}

// mustParseNumber reads the number of a release in a table of this program.
func mustParseNumber(text string) Number {
	parts := numbers().FindStringSubmatch(text)
	if parts == nil {
		panic("invalid release " + text)
	}
	return Number{atoi(parts[1]), atoi(parts[2]), atoi(parts[3])}
}

// numberValue returns a number of JSON as Python reads it from TOML, and any other
// value as it is.
func numberValue(v any) any {
	number, ok := v.(json.Number)
	if !ok {
		return v
	}
	if n, err := number.Int64(); err == nil {
		return n
	}
	f, _ := number.Float64()
	return f
}

// Settings returns all settings of all releases from 0.5.0 on.
func Settings() []Setting { return slices.Clone(settings()) }

// SettingOf returns the setting of a name, or nil if no release has one. It is shared.
func SettingOf(name string) *Setting { return settingsByName()[name] }

var settingsByName = sync.OnceValue(func() map[string]*Setting {
	byName := map[string]*Setting{}
	for i := range settings() {
		s := &settings()[i]
		byName[s.Name] = s
	}
	return byName
})

// defaultIn returns a release's default, if it has one.
func (s *Setting) defaultIn(v Version) (defaultValue, bool) {
	i := slices.IndexFunc(s.defaults, func(d defaultValue) bool { return d.Contains(v.Number()) })
	if i < 0 {
		return defaultValue{}, false
	}
	return s.defaults[i], true
}

// Ships reports whether a default of the setting matches: the one of v, or for [Any]
// that of any release from 0.5.0 on.
func (s *Setting) Ships(v Version, matches func(value any) bool) bool {
	if v != Any {
		d, ok := s.defaultIn(v)
		return ok && matches(d.value)
	}
	return slices.ContainsFunc(s.defaults, func(d defaultValue) bool { return matches(d.value) })
}

// ReadBy reports whether a release's code reads the setting.
func (s *Setting) ReadBy(v Version) bool { return s.read.Contains(v.Number()) }

// KnownTo reports whether a release reads the setting, or has a default for it.
func (s *Setting) KnownTo(v Version) bool {
	_, hasDefault := s.defaultIn(v)
	return hasDefault || s.ReadBy(v)
}

// LastRead returns the last release that reads the setting. It returns false if no
// release does.
func (s *Setting) LastRead() (Number, bool) { return s.read.Last, s.read != Span{} }

// DroppedIn reports whether a release does not read a setting that an earlier one
// read.
func (s *Setting) DroppedIn(v Version) bool {
	return s.read != Span{} && s.read.Last.Compare(v.Number()) < 0
}

// Known returns the releases that know the setting, from 0.6.7 on: one span at most
// for each default, and for those that read it without one.
func (s *Setting) Known() []Span {
	spans, _ := Any.WhereEach(s.KnownTo)
	return spans
}

// TypeIn returns Python's name for the type that a release needs of the setting:
// that of its default, after casting. It is any for a setting that may have several
// types, and empty for one without a default.
func (s *Setting) TypeIn(v Version) string {
	d, ok := s.defaultIn(v)
	switch {
	case !ok:
		return ""
	case slices.Contains(looseTypes, s.Name):
		return "any"
	case v.CastsFile():
		return pyliteral.TypeName(d.cast)
	}
	return pyliteral.TypeName(d.value)
}

// Types returns at least every type that TypeIn returns for a release, but any.
func (s *Setting) Types() []string { return s.types }

// looseTypes are settings that may have another type than their default: false for
// no limit, a number of seconds, a list or a string that holds one.
var looseTypes = []string{
	"tasks.defaults.max_retries", "tasks.defaults.retry_delay", "tasks.defaults.timeout",
	"cloud.agent.labels", "logging.log_attributes", "logging.extra_loggers",
}

// defaultSetting is one of a release's default settings.
type defaultSetting struct {
	*Setting
	value any
}

// Settings returns the names of a release's default settings, with dots between
// their parts; [Documented] has those of 0.9.3.
func (v Version) Settings() []string {
	var names []string
	for _, s := range v.defaults(nil) {
		names = append(names, s.Name)
	}
	return names
}

// IsDefault reports whether a setting is a default of one of v's releases.
func (v Version) IsDefault(name string) bool {
	s := SettingOf(name)
	return s != nil && slices.ContainsFunc(v.Releases(), func(r Version) bool {
		_, has := s.defaultIn(r)
		return has
	})
}

// Shipped returns the default settings of a release, with their values as written in its
// config.toml.
func (v Version) Shipped() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, s := range v.defaults(nil) {
			if !yield(s.Name, s.value) {
				return
			}
		}
	}
}

// defaults returns a release's default settings below some names; nil means all names.
func (v Version) defaults(below []string) []defaultSetting {
	var all []defaultSetting
	for i := range settings() {
		s := &settings()[i]
		if below != nil && !slices.Contains(below, s.path[0]) {
			continue
		}
		if d, ok := s.defaultIn(v); ok {
			all = append(all, defaultSetting{s, d.value})
		}
	}
	return all
}

// Instead returns what to do about a setting that later releases dropped.
func (s *Setting) Instead() string { return instead[s.Name] }

// instead has the settings that 1.4.1 does not read.
var instead = map[string]string{
	"cloud.agent.auth_token":                     "use cloud.api_key, which replaces it since 0.15.0",
	"cloud.agent.resource_manager.loop_interval": "remove it, because agents have no resource manager since 0.15.0",
	"cloud.auth_token":                           "use cloud.api_key, which replaces it since 0.15.0",
	"cloud.graphql":                              "use cloud.api, the URL that 1.0.0 and later send their requests to",
	"cloud.log":                                  "remove it, for logs go to cloud.api",
	"cloud.result_handler":                       "remove it, and give flows a result of prefect.engine.results",
	"engine.executor.dask.local_processes":       "give the executor cluster_kwargs={\"processes\": …}, as 0.11.5 has it",
	"engine.result_handler.default_class":        "give flows a result of prefect.engine.results",
	"logging.log_to_cloud":                       "use cloud.send_flow_run_logs, which replaces it since 0.14.20",
	"server.graphql.port":                        "use server.graphql.host_port",
	"server.ui.graphql_url":                      "use server.ui.apollo_url, which replaces it since 0.13.7",
	"tasks.defaults.checkpoint":                  "use flows.checkpointing",
	"user_config_path":                           "set the environment variable PREFECT__USER_CONFIG_PATH",
}
