package prefect

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// rounds is how often Prefect expands a text, and how often it follows
// references (Prefect 0.9.3, configuration.py).
const rounds = 10

// envReference is what os.path.expandvars takes for a variable.
var envReference = regexp.MustCompile(`\$([0-9A-Za-z_]+|\{[^}]*\})`)

// expandOnce is expanduser(expandvars(text)): a variable that is not set stays
// as it stands, and ~ counts only at the very start.
func expandOnce(text string, env map[string]string) string {
	text = envReference.ReplaceAllStringFunc(text, func(ref string) string {
		if value, ok := env[envName(ref)]; ok {
			return value
		}
		return ref
	})
	home, ok := env["HOME"]
	if ok && (text == "~" || strings.HasPrefix(text, "~/")) {
		return strings.TrimRight(home, "/") + text[1:]
	}
	return text
}

func envName(ref string) string {
	return strings.TrimSuffix(strings.TrimPrefix(ref[1:], "{"), "}")
}

// expandAll expands until nothing changes and counts the changes. A text that
// does not settle becomes nil, Python's None.
func expandAll(text string, env map[string]string) (value any, changes int) {
	for range rounds {
		next := expandOnce(text, env)
		if next == text {
			return text, changes
		}
		text = next
		changes++
	}
	return nil, changes
}

// expand replaces environment references in every text, casts what came from the
// environment, and gives secrets set that way their lower-case names.
func (s *settings) expand(env map[string]string) error {
	for _, leaf := range s.all() {
		text, ok := leaf.value.(string)
		if !ok {
			continue
		}
		value, changes := expandAll(text, env)
		if expanded, ok := value.(string); ok && (changes > 1 || leaf.origin == fromEnvironment) {
			value = cast(expanded)
		}
		leaf.value = value
		if leaf.path.isSecret() && leaf.origin == fromFile && setByEnvironment(text, env) {
			if err := s.fold(leaf); err != nil {
				return err
			}
		}
	}
	return nil
}

// setByEnvironment reports whether text takes a variable's value, or names one
// that is not set. A name with a dot in it is a reference to another key.
func setByEnvironment(text string, env map[string]string) bool {
	for _, ref := range envReference.FindAllString(text, -1) {
		name := envName(ref)
		if _, ok := env[name]; ok || !strings.Contains(name, ".") {
			return true
		}
	}
	return false
}

// fold moves a secret of the file to its lower-case name. One that a PREFECT__
// variable set wins, as the environment does everywhere.
func (s *settings) fold(leaf *setting) error {
	name := strings.ToLower(leaf.path[2])
	s.folded[name] = true
	if name == leaf.path[2] {
		return nil
	}
	to := path{"context", "secrets", name}
	other, taken := s.leaves[to.key()]
	s.remove(leaf.path)
	switch {
	case !taken && !s.isTable(to):
		s.set(to, leaf.value, fromFile)
		return nil
	case taken && other.origin == fromEnvironment:
		return nil
	default:
		return fmt.Errorf("[context.secrets]: %q takes its value from the environment and so becomes %q, which is there already: rename one", leaf.path[2], name)
	}
}

// cast is what Prefect 0.9 makes of a text from the environment: true and false
// in any case, and the numbers that Python prints exactly so.
func cast(text string) any {
	switch strings.ToLower(text) {
	case "true":
		return true
	case "false":
		return false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && pyFloat(f) == text {
		return f
	}
	return text
}

// pyFloat is how Python 3 prints f: the shortest digits that read back, with an
// exponent from 1e16 on and below 1e-4.
func pyFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(fmt.Sprint(f)), "+")
	}
	if abs := math.Abs(f); abs != 0 && (abs >= 1e16 || abs < 1e-4) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// keyReference is a reference to another key (Prefect 0.9.3, configuration.py).
var keyReference = regexp.MustCompile(`\$\{(.[^${}]*)\}`)

// resolve follows references to other keys. One that is the whole text takes the
// other's value with its type; a missing key and a table are the empty text.
func (s *settings) resolve() {
	for range rounds {
		for _, leaf := range s.all() {
			text, _ := leaf.value.(string)
			match := keyReference.FindStringSubmatch(text)
			if match == nil {
				continue
			}
			var value any = ""
			if other, ok := s.leaves[path(strings.Split(match[1], ".")).key()]; ok {
				value = other.value
			}
			if match[0] != text {
				value = strings.Replace(text, match[0], pyStr(value), 1)
			}
			leaf.value = value
		}
	}
}

// pyStr is Python's str() of a setting.
func pyStr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case float64:
		return pyFloat(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = pyRepr(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

func pyRepr(v any) string {
	if s, ok := v.(string); ok {
		return "'" + s + "'"
	}
	return pyStr(v)
}
