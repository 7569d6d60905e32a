package prefect

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// rounds is how often Prefect expands a text, and how often it follows references
// (configuration.py of 0.9.3 and of 1.4.1).
const rounds = 10

// envPrefix begins the name of an environment variable that sets a config key
// (configuration.py of 0.9.3 and of 1.4.1).
const envPrefix = "PREFECT__"

// environment is the variables at hand, by name and in their order.
type environment struct {
	entries []string // NAME=value
	values  map[string]string
	room    *int // how many bytes longer texts may still become; below 0 that was too many
}

func newEnvironment(entries []string) environment {
	room := maxGrowth
	e := environment{entries: entries, values: make(map[string]string, len(entries)), room: &room}
	for _, entry := range entries {
		name, value, _ := strings.Cut(entry, "=")
		e.values[name] = value
	}
	return e
}

// addEnvironment adds each PREFECT__SECTION__KEY=value.
func (f *flat) addEnvironment(v Version, env environment) error {
	done := map[string]bool{}
	for _, entry := range env.entries {
		name, _, _ := strings.Cut(entry, "=")
		option, ok := strings.CutPrefix(name, envPrefix)
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
func (v Version) readVariable(l *leaf, env environment) error {
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

// expandTexts expands every text, and casts it where the release does.
func (f *flat) expandTexts(v Version, env environment) error {
	for _, l := range f.leaves {
		text, ok := l.value.(string)
		if !ok {
			continue
		}
		l.missing = unsetVariable(text, env)
		l.value = v.expandAll(text, env)
		if err := l.overgrown(*env.room); err != nil {
			return err
		}
		if expanded, ok := l.value.(string); ok && v == V1_4 {
			l.value = v.cast(expanded)
		}
		if v == Documented && l.path.isSecret() && len(l.path) == 3 && l.origin.Env == "" && SetByEnvironment(text, env.has) {
			l.folded = true
		}
	}
	return f.fold()
}

// expandAll expands until nothing changes. A text that does not settle becomes
// nil, Python's None; one that changed twice is cast, whatever the release.
func (v Version) expandAll(text string, env environment) any {
	for changes := range rounds {
		next := expandOnce(text, env)
		if *env.room < 0 {
			return nil
		}
		if next != text {
			text = next
			continue
		}
		if changes > 1 {
			return v.cast(text)
		}
		return text
	}
	return nil
}

// envReference is what os.path.expandvars takes for a variable. Python's \w is
// that of ASCII there.
var envReference = regexp.MustCompile(`\$([0-9A-Za-z_]+|\{[^}]*\})`)

// expandOnce is expanduser(expandvars(text)): a variable that is not set stays as
// it stands, and ~ counts only at the very start.
func expandOnce(text string, env environment) string {
	if strings.Contains(text, "$") {
		text = envReference.ReplaceAllStringFunc(text, env.replaced)
	}
	home, ok := env.values["HOME"]
	if ok && (text == "~" || strings.HasPrefix(text, "~/")) {
		if text = strings.TrimRight(home, "/") + text[1:]; text == "" {
			text = "/"
		}
	}
	return text
}

// replaced is the value of the variable that a reference names, or else the
// reference: once texts have grown too much, too.
func (e environment) replaced(ref string) string {
	value, ok := e.values[envName(ref)]
	if !ok || *e.room < 0 {
		return ref
	}
	if *e.room -= max(0, len(value)-len(ref)); *e.room < 0 {
		return ref
	}
	return value
}

// unsetVariable is the variable of a text that is $NAME and nothing else, if it is
// not set.
func unsetVariable(text string, env environment) string {
	if !isReference(text) || text[1] == '{' || env.has(envName(text)) {
		return ""
	}
	return envName(text)
}

// isReference reports whether a text is a reference and nothing else. No shell sets
// a variable whose name begins with a digit: such a text is a password.
func isReference(text string) bool {
	ref := envReference.FindString(text)
	return ref != "" && ref == text && !startsWithDigit(envName(ref))
}

func startsWithDigit(name string) bool { return name != "" && '0' <= name[0] && name[0] <= '9' }

func envName(ref string) string {
	return strings.TrimSuffix(strings.TrimPrefix(ref[1:], "{"), "}")
}

func (e environment) has(name string) bool {
	_, ok := e.values[name]
	return ok
}

// SetByEnvironment reports whether the environment sets a secret whose text in a
// config this is, so that [Documented] gives it a lower-case name: the text takes
// the value of a variable that is set, has a ${NAME} in it, or is $NAME and nothing
// else. Any other text with a $ in it, such as a password, stands for itself. A name
// with a dot in it is a reference to another key.
func SetByEnvironment(text string, isSet func(variable string) bool) bool {
	return slices.ContainsFunc(envReference.FindAllString(text, -1), func(ref string) bool {
		name := envName(ref)
		return isSet(name) || name != "" && !strings.Contains(name, ".") && (ref[1] == '{' || isReference(text))
	})
}

// fold moves the secrets of a file that the environment sets to their lower-case
// names. One that a PREFECT__ variable set wins, as the environment does
// everywhere.
func (f *flat) fold() error {
	for _, l := range append([]*leaf(nil), f.leaves...) {
		if !l.folded {
			continue
		}
		written := l.path[2]
		to := path{"context", "secrets", strings.ToLower(written)}
		if to[2] == written {
			continue
		}
		if f.move(l, to) {
			l.written = written
			continue
		}
		if f.at[to.key()].origin.Env == "" {
			return l.failure("ValueError", "it takes its value from the environment and so becomes %q, which is there already: rename one", to[2])
		}
		f.remove(l)
	}
	return nil
}

// cast is what a release makes of a text: true and false in any case, then in 0.9
// the numbers that Python prints exactly so, in 1.4 any literal of Python's.
func (v Version) cast(text string) any {
	switch {
	case strings.EqualFold(text, "true"):
		return true
	case strings.EqualFold(text, "false"):
		return false
	}
	if v == V1_4 {
		if value, err := pyliteral.Parse(text); err == nil {
			return value
		}
		return text
	}
	if n, ok := new(big.Int).SetString(text, 10); ok && n.String() == text {
		if n.IsInt64() {
			return n.Int64()
		}
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && pyliteral.Float(f) == text {
		return f
	}
	return text
}
