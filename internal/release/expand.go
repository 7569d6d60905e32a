package release

import (
	"slices"
	"strings"
)

// maxPasses is how many times Prefect expands a string, and how many times it
// follows references (configuration.py of 0.9.3 and of 1.4.1).
const maxPasses = 10

// maxGrowth bounds by how many bytes variables, and references once more, may
// lengthen the strings of a config in all: a string that names itself twice doubles
// in each pass.
const maxGrowth = 16 << 20

// budget is how many bytes strings may still grow by; negative once exceeded.
type budget int

func newBudget() *budget {
	b := budget(maxGrowth)
	return &b
}

func (b *budget) spend(bytes int) { *b -= budget(bytes) }

func (b *budget) exceeded() bool { return *b < 0 }

// grewTooMuch returns the error of the string that exceeded the budget.
func (l *leaf) grewTooMuch() error {
	return l.failure("MemoryError", "what it refers to makes the strings of the config grow by more than %d MiB", maxGrowth>>20)
}

// expandTexts expands every string, and casts it where the release does.
func (f *flat) expandTexts(v Version, env Environment) error {
	for _, l := range f.leaves {
		text, ok := l.value.(string)
		if !ok {
			continue
		}
		l.missing = unsetVariable(text, env)
		l.lowerCased = v == Documented && l.isSecretOfFile() && SetByEnvironment(text, env.has)
		l.value = v.expandAll(text, env)
		if env.growth.exceeded() {
			return l.grewTooMuch()
		}
		if expanded, ok := l.value.(string); ok {
			if value, changed := v.CastInFile(expanded); changed {
				l.value = value
			}
		}
	}
	return f.lowerCaseSecrets()
}

// isSecretOfFile reports whether a leaf is a secret of the file, and not a part of
// one.
func (l *leaf) isSecretOfFile() bool {
	return l.path.isSecret() && len(l.path) == 3 && l.origin.Env == ""
}

// expandAll expands a string until nothing changes. If that takes too many passes it
// returns nil, Python's None. A string that changed twice is cast, whatever the
// release.
func (v Version) expandAll(text string, env Environment) any {
	for changes := range maxPasses {
		next := expandOnce(text, env)
		if env.growth.exceeded() {
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

// expandOnce does what Python's expanduser(expandvars(text)) does: a reference to an
// unset variable stays as it is, and ~ counts only at the start.
func expandOnce(text string, env Environment) string {
	text = env.expandVariables(text)
	home, ok := env.values["HOME"]
	if ok && (text == "~" || strings.HasPrefix(text, "~/")) {
		if text = strings.TrimRight(home, "/") + text[1:]; text == "" {
			text = "/"
		}
	}
	return text
}

// expandVariables replaces references with the values of their variables.
func (e Environment) expandVariables(text string) string {
	var b strings.Builder
	done := 0
	for refs := (references{text: text}); refs.next(); done = refs.found.End {
		b.WriteString(text[done:refs.found.Start])
		b.WriteString(e.replacement(refs.found, text))
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// replacement returns the value of the variable that a reference in a string names.
// It returns the reference itself if the variable is unset, or the budget exceeded.
func (e Environment) replacement(r Reference, text string) string {
	value, ok := e.values[r.Name]
	if ok && !e.growth.exceeded() {
		e.growth.spend(max(0, len(value)-(r.End-r.Start)))
	}
	if !ok || e.growth.exceeded() {
		return text[r.Start:r.End]
	}
	return value
}

// unsetVariable returns the variable of a string that is $NAME and nothing else, if
// the variable is unset.
func unsetVariable(text string, env Environment) string {
	r, ok := WholeReference(text)
	if !ok || r.Braces || startsWithDigit(r.Name) || env.has(r.Name) {
		return ""
	}
	return r.Name
}

// lowerCaseSecrets gives the secrets of a file that the environment sets their
// lower-case names. A PREFECT__ variable that sets the same secret wins, as the
// environment does everywhere.
func (f *flat) lowerCaseSecrets() error {
	for _, l := range slices.Clone(f.leaves) {
		if !l.lowerCased {
			continue
		}
		written := l.path[2]
		to := path{"context", "secrets", EnvironmentName(written)}
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
