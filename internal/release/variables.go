package release

import (
	"slices"
	"strings"
)

// Prefix begins the name of an environment variable that sets a key
// (configuration.py of 0.9.3 and of 1.4.1).
const Prefix = "PREFECT__"

// Variable returns the name of the environment variable that sets a key, which has dots
// between its parts.
func Variable(key string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
}

// Reference is a reference to an environment variable: $NAME or ${NAME}.
type Reference struct {
	Name   string
	Braces bool
	// Start and End are its offsets in the string.
	Start, End int
}

// References returns the references in a string, as Python's os.path.expandvars reads
// them: its \w is ASCII, and braces may contain anything.
func References(text string) []Reference {
	var all []Reference
	for refs := (references{text: text}); refs.next(); {
		all = append(all, refs.found)
	}
	return all
}

// references iterates over the references of a string, in linear time.
type references struct {
	text     string
	found    Reference
	unclosed bool // no } follows
}

// next finds the next reference, and reports whether there is one.
func (s *references) next() bool {
	for at := s.found.End; ; {
		n := strings.IndexByte(s.text[at:], '$')
		if n < 0 {
			return false
		}
		at += n + 1
		braces := strings.HasPrefix(s.text[at:], "{")
		if braces && s.unclosed {
			continue
		}
		if r, ok := referenceAfter(s.text, at); ok {
			s.found = r
			return true
		}
		s.unclosed = s.unclosed || braces
	}
}

// referenceAfter returns the reference whose $ is just before an offset.
func referenceAfter(text string, at int) (Reference, bool) {
	rest := text[at:]
	if strings.HasPrefix(rest, "{") {
		n := strings.IndexByte(rest, '}')
		if n < 0 {
			return Reference{}, false
		}
		return Reference{Name: rest[1:n], Braces: true, Start: at - 1, End: at + n + 1}, true
	}
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	return Reference{Name: rest[:n], Start: at - 1, End: at + n}, n > 0
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// WholeReference returns the reference that a string consists of. It returns false if
// the string contains anything else.
func WholeReference(text string) (Reference, bool) {
	if !strings.HasPrefix(text, "$") {
		return Reference{}, false
	}
	r, ok := referenceAfter(text, 1)
	return r, ok && r.End == len(text)
}

// isOnlyReference reports whether a string is a reference and nothing else. No shell
// sets a variable whose name begins with a digit: such a string is a password.
func isOnlyReference(text string) bool {
	r, ok := WholeReference(text)
	return ok && !startsWithDigit(r.Name)
}

func startsWithDigit(name string) bool { return name != "" && '0' <= name[0] && name[0] <= '9' }

// SetByEnvironment reports whether the environment sets a secret that a config has as
// text, so that [Documented] calls it [EnvironmentName]: text refers to a variable that
// is set, contains ${NAME}, or is $NAME and nothing else. Any other text with a $, such
// as a password, stands for itself. A name with a dot refers to another key.
func SetByEnvironment(text string, isSet func(variable string) bool) bool {
	return slices.ContainsFunc(References(text), func(r Reference) bool {
		return isSet(r.Name) || r.Name != "" && !strings.Contains(r.Name, ".") && (r.Braces || isOnlyReference(text))
	})
}

// EnvironmentName returns what [Documented] calls a secret that the environment sets.
func EnvironmentName(name string) string { return strings.ToLower(name) }
