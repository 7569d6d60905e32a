package release

import (
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// rounds is how often Prefect expands a text, and how often it follows references
// (configuration.py of 0.9.3 and of 1.4.1).
const rounds = 10

// Environment is the variables at hand, by name and in their order.
type Environment struct {
	entries []string // NAME=value
	values  map[string]string
	room    *int // how many bytes longer texts may still become; below 0 that was too many
}

// NewEnvironment reads NAME=value, as os.Environ gives it. It serves one [Load].
func NewEnvironment(entries []string) Environment {
	room := maxGrowth
	e := Environment{entries: entries, values: make(map[string]string, len(entries)), room: &room}
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		e.values[name] = value
	}
	return e
}

// UserFile is where Prefect looks for the user's config, or empty.
func (e Environment) UserFile() string {
	return e.file("PREFECT__USER_CONFIG_PATH", "~/.prefect/config.toml")
}

// BackendFile is where Prefect looks for the backend that was switched to, or empty.
func (e Environment) BackendFile() string {
	return e.file("PREFECT__BACKEND_CONFIG_PATH", "~/.prefect/backend.toml")
}

// file is the file that a variable names, with ~ and variables in it expanded, else
// the usual one. Where there is no home, ~ leads nowhere.
func (e Environment) file(variable, usual string) string {
	name, ok := e.values[variable]
	if !ok {
		name = usual
	}
	expanded, _ := Documented.expandAll(name, e).(string)
	if !ok && e.values["HOME"] == "" {
		return ""
	}
	return filepath.FromSlash(expanded)
}

func (e Environment) has(name string) bool {
	_, ok := e.values[name]
	return ok
}

// addEnvironment adds each PREFECT__SECTION__KEY=value.
func (f *flat) addEnvironment(v Version, env Environment) error {
	done := map[string]bool{}
	for _, entry := range env.entries {
		name, _, _ := strings.Cut(entry, "=")
		option, ok := strings.CutPrefix(name, Prefix)
		if !ok || done[name] {
			continue
		}
		done[name] = true
		l := &leaf{path: v.optionPath(option), value: env.values[name], origin: Origin{Env: name}}
		if err := v.readVariable(l, env); err != nil {
			return err
		}
		if other := f.at[l.path.key()]; v == Documented && l.path.isSecret() && other != nil && other.origin.Env != "" {
			return l.failure("ValueError", "%s sets this secret as well: names that the environment sets are lower-case", other.origin.Env)
		}
		f.set(l.path, l.value, l.origin)
	}
	return nil
}

// optionPath is the setting that a variable names. Names are lower-cased but for
// those of secrets: from 0.6.7 the last part keeps its case, from 0.15.0 all that
// follows CONTEXT__SECRETS does. The documentation says that they are lower-case.
func (v Version) optionPath(option string) path {
	isSecret := strings.HasPrefix(strings.ToUpper(option), "CONTEXT__SECRETS")
	switch {
	case v == V1_4 && isSecret:
		return strings.Split(strings.ReplaceAll(option, "CONTEXT__SECRETS", "context__secrets"), "__")
	case v == V0_9 && isSecret:
		parts := strings.Split(option, "__")
		for i := range parts[:len(parts)-1] {
			parts[i] = strings.ToLower(parts[i])
		}
		return parts
	}
	return strings.Split(strings.ToLower(option), "__")
}

// readVariable turns a variable's text into a value.
func (v Version) readVariable(l *leaf, env Environment) error {
	text := l.value.(string)
	if v != V1_4 {
		decoded, ok := pyliteral.Unescape(text)
		if !ok {
			return l.failure("UnicodeDecodeError", "its value has a backslash that begins no escape that Python knows")
		}
		text = decoded
	}
	value := v.expandAll(text, env)
	if err := l.overgrown(*env.room); err != nil {
		return err
	}
	switch expanded := value.(type) {
	case string:
		l.value = v.cast(expanded)
	case []byte:
		l.value = expanded // bytes have the method that Prefect calls, as texts do
	default:
		return l.failure("AttributeError", "its value is expanded more than once and is no text then, or does not settle in %d rounds", rounds)
	}
	return nil
}
