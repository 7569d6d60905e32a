package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// ignoreName is the rule about ignore comments, which is applied after all others.
const ignoreName = "ignore"

const (
	ignoreFormHint   = "write # prefect-secrets: ignore[rule] and the reason; several rules have commas between them"
	unusedIgnoreHint = "remove it, or move it: to the end of the line that it is for, or alone to the line above"
)

// checkIgnore reports ignore comments that are malformed, have no reason, or name a
// rule that is unknown, cannot be ignored or finds nothing.
func checkIgnore(s *source, report func(finding)) {
	s.findUsedIgnores()
	for _, c := range s.ignores.comments {
		switch {
		case c.malformed:
			report(finding{message: "this begins with prefect-secrets: and is not written as an ignore comment", hint: ignoreFormHint, start: c.start, end: c.end})
			continue
		case !c.hasReason:
			report(finding{message: "this ignore comment has no reason", hint: "write after the bracket why the finding may stay", start: c.start, end: c.end})
		}
		for _, r := range c.rules {
			s.checkIgnored(r, c.line, report)
		}
	}
}

// checkIgnored reports what is wrong with a rule that an ignore comment names for a line.
func (s *source) checkIgnored(r ignoredRule, line int, report func(finding)) {
	f := finding{start: r.start, end: r.end}
	switch {
	case !s.isRule(r.name):
		f.message, f.hint = unknownRule(r.name, s.ignorableNames())
	case !isIgnorable(r.name):
		f.message, f.hint = "the rule "+r.name+" cannot be ignored", "remove it and fix what the rule finds"
	case !s.ignores.used[suppression{line, r.name}]:
		f.message, f.hint = fmt.Sprintf("%s finds nothing on line %d that this could ignore", r.name, line), unusedIgnoreHint
	default:
		return
	}
	report(f)
}

// unknownRule returns a message and a hint about a rule that does not exist. It
// quotes the name only if it is similar to a rule's.
func unknownRule(name string, rules []string) (message, hint string) {
	list := "the rules are " + strings.Join(rules, ", ")
	if name == "" {
		return "the name of a rule is missing here", list
	}
	if question := suggestRule(name, rules); question != "" {
		return fmt.Sprintf("there is no rule %q", name), question
	}
	return "there is no rule of this name", list
}

// suggestRule asks whether the nearest rule was meant. It returns "" if none is
// near, and for a name with more than letters and dashes, because that may hold a value.
func suggestRule(name string, rules []string) string {
	name = strings.ReplaceAll(name, "_", "-")
	if prefixLength(name, "abcdefghijklmnopqrstuvwxyz-") < len(name) {
		return ""
	}
	return nearest.Question(name, rules, func(rule string) string { return rule })
}

// maskStart returns the offset from which frames mask a comment: after #, or after
// ignore[rule] if each name in the brackets is a rule's or near one.
func (s *source) maskStart(comment int) int {
	c, ok := s.ignores.byStart[comment]
	if !ok || c.malformed {
		return comment + 1
	}
	for _, r := range c.rules {
		if !s.isRule(r.name) && suggestRule(r.name, s.ignorableNames()) == "" {
			return comment + 1
		}
	}
	return c.bracketEnd
}

// findUsedIgnores marks as used the ignore comments that suppress something under
// any release and in an empty environment, so that the same comment is right for
// every run of check.
func (s *source) findUsedIgnores() {
	strictest := *s
	strictest.strictest = true
	strictest.opts, strictest.cachedEnv, strictest.told = Options{Env: []string{}, RequireEnv: true}, nil, nil
	for _, r := range s.rules {
		if s.ignores.unused(r.Name) {
			r.check(&strictest, func(f finding) { s.suppresses(r.Name, f) })
		}
	}
}

// nameableRules returns the rules that an ignore comment may name.
func (s *source) nameableRules() []Rule {
	if s.nameable == nil {
		s.nameable = s.listRules()
	}
	return s.nameable
}

func (s *source) isRule(name string) bool {
	return slices.ContainsFunc(s.nameableRules(), func(r Rule) bool { return r.Name == name })
}

// ignorableNames returns the names of the rules that a comment can ignore.
func (s *source) ignorableNames() []string {
	var names []string
	for _, r := range s.nameableRules() {
		if isIgnorable(r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// isIgnorable reports whether a comment can ignore a rule: not syntax, since a file
// that does not parse has no certain comments, and not the rule about ignore comments.
func isIgnorable(rule string) bool { return rule != syntaxName && rule != ignoreName }
