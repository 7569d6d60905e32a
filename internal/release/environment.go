package release

import (
	"path/filepath"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Environment is the variables, by name and in their order.
type Environment struct {
	entries []string // NAME=value
	values  map[string]string
	growth  *budget // of the strings that variables are expanded in
}

// NewEnvironment reads NAME=value, as os.Environ returns it. It serves one [Load].
func NewEnvironment(entries []string) Environment {
	e := Environment{entries: entries, values: make(map[string]string, len(entries)), growth: newBudget()}
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		e.values[name] = value
	}
	return e
}

// UserFile returns where Prefect looks for the user's config, or "".
func (e Environment) UserFile() string {
	return e.file("PREFECT__USER_CONFIG_PATH", "~/.prefect/config.toml")
}

// backendFile returns where Prefect looks for the backend that was switched to, or
// "".
func (e Environment) backendFile() string {
	return e.file("PREFECT__BACKEND_CONFIG_PATH", "~/.prefect/backend.toml")
}

// file returns the file that a variable names, with ~ and variables in it expanded,
// or else the fallback, which needs a HOME.
func (e Environment) file(variable, fallback string) string {
	name, ok := e.values[variable]
	if !ok {
		name = fallback
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
		if other := f.sameSecret(l); v == Documented && other != "" {
			return l.failure("ValueError", "%s sets this secret as well: names that the environment sets are lower-case", other)
		}
		f.set(l.path, l.value, l.origin)
	}
	return nil
}

// sameSecret returns the variable that has already set the secret of a leaf, or "".
func (f *flat) sameSecret(l *leaf) string {
	other := f.at[l.path.key()]
	if other == nil || !l.path.isSecret() {
		return ""
	}
	return other.origin.Env
}

// optionPath returns the path of the setting that a variable names. All of it is
// lower-case but the names of secrets: from 0.6.7 on their last part is as written,
// from 0.15.0 on all that follows CONTEXT__SECRETS. The documentation says that they
// are lower-case.
func (v Version) optionPath(option string) path {
	isSecret := strings.HasPrefix(strings.ToUpper(option), "CONTEXT__SECRETS")
	switch {
	case isSecret && v.does(keepsCaseOfSubKeys):
		return strings.Split(strings.ReplaceAll(option, "CONTEXT__SECRETS", "context__secrets"), "__")
	case isSecret && v != Documented:
		parts := strings.Split(option, "__")
		for i := range parts[:len(parts)-1] {
			parts[i] = strings.ToLower(parts[i])
		}
		return parts
	}
	return strings.Split(strings.ToLower(option), "__")
}

// readVariable turns the string of a variable into a value.
func (v Version) readVariable(l *leaf, env Environment) error {
	text := l.value.(string)
	if !v.does(keepsBackslashes) {
		decoded, ok := pyliteral.Unescape(text)
		if !ok {
			return l.failure("UnicodeDecodeError", "its value has a backslash that begins no escape that Python knows")
		}
		text = decoded
	}
	value := v.expandAll(text, env)
	if env.growth.exceeded() {
		return l.grewTooMuch()
	}
	switch expanded := value.(type) {
	case string:
		l.value = v.cast(expanded)
	case []byte:
		l.value = expanded // bytes have the method that Prefect calls, as strings do
	default:
		return l.failure("AttributeError", "its value is expanded more than once and then is not a string, or does not settle in %d rounds", maxPasses)
	}
	return nil
}
