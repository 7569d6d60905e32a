package release

import "strings"

// expandTexts expands every text, and casts it where the release does.
func (f *flat) expandTexts(v Version, env Environment) error {
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
		if expanded, ok := l.value.(string); ok {
			if value, changed := v.CastInFile(expanded); changed {
				l.value = value
			}
		}
		if v == Documented && l.path.isSecret() && len(l.path) == 3 && l.origin.Env == "" && SetByEnvironment(text, env.has) {
			l.folded = true
		}
	}
	return f.fold()
}

// expandAll expands until nothing changes. A text that does not settle becomes
// nil, Python's None; one that changed twice is cast, whatever the release.
func (v Version) expandAll(text string, env Environment) any {
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

// expandOnce is expanduser(expandvars(text)): a variable that is not set stays as
// it stands, and ~ counts only at the very start.
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

// expandVariables puts the values of variables in place of the references to them.
func (e Environment) expandVariables(text string) string {
	var b strings.Builder
	done := 0
	for refs := (references{text: text}); refs.next(); done = refs.found.End {
		b.WriteString(text[done:refs.found.Start])
		b.WriteString(e.replaced(refs.found, text))
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// replaced is the value of the variable that a reference in a text names, or else
// the reference: also when texts have grown too much.
func (e Environment) replaced(r Reference, text string) string {
	value, ok := e.values[r.Name]
	if ok && *e.room >= 0 {
		*e.room -= max(0, len(value)-(r.End-r.Start))
	}
	if !ok || *e.room < 0 {
		return text[r.Start:r.End]
	}
	return value
}

// unsetVariable is the variable of a text that is $NAME and nothing else, if it is
// not set.
func unsetVariable(text string, env Environment) string {
	r, ok := WholeReference(text)
	if !ok || r.Braces || startsWithDigit(r.Name) || env.has(r.Name) {
		return ""
	}
	return r.Name
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
