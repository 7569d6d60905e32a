package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// ignoreRule judges the ignore comments after every other rule was applied.
const ignoreName = "ignore"

const (
	ignoreForm = "write # prefect-secrets: ignore[rule] and the reason; several rules have commas between them"
	ignoreGone = "take it out, or move it: it stands at the end of the line it is for, or alone on the line above"
)

// checkIgnore reports ignore comments that are not written as such, have no
// reason, or name a rule that is unknown, cannot be ignored or finds nothing.
func checkIgnore(s *source, report func(finding)) {
	s.findUsedIgnores()
	for _, c := range s.ignores.comments {
		switch {
		case c.malformed:
			report(finding{message: "this begins with prefect-secrets: and is not written as an ignore comment", hint: ignoreForm, start: c.start, end: c.end})
			continue
		case !c.hasReason:
			report(finding{message: "this ignore comment has no reason", hint: "say after the bracket why it may stay", start: c.start, end: c.end})
		}
		for _, i := range c.rules {
			s.checkIgnored(i, c.line, report)
		}
	}
}

// judge reports what is wrong with one rule that an ignore comment names for a
// line.
func (s *source) checkIgnored(i ignoredRule, line int, report func(finding)) {
	f := finding{start: i.start, end: i.end}
	switch {
	case !s.isRule(i.rule):
		f.message, f.hint = unknownRule(i.rule, s.ignorableNames())
	case !isIgnorable(i.rule):
		f.message, f.hint = "the rule "+i.rule+" cannot be ignored", "take it out and mend what it finds"
	case !s.ignores.used[suppression{line, i.rule}]:
		f.message, f.hint = fmt.Sprintf("%s finds nothing on line %d that this could ignore", i.rule, line), ignoreGone
	default:
		return
	}
	report(f)
}

// unknownRule quotes the name only if it is surely a misspelt rule's.
func unknownRule(name string, rules []string) (message, hint string) {
	all := "there are " + strings.Join(rules, ", ")
	if name == "" {
		return "the name of a rule is missing here", all
	}
	if question := suggestRule(name, rules); question != "" {
		return fmt.Sprintf("there is no rule %q", name), question
	}
	return "there is no rule of the name that stands here", all
}

// whichRule asks whether the nearest rule was meant. A name that has more than letters
// and dashes gets no suggestion, because it may hold a value.
func suggestRule(name string, rules []string) string {
	if prefixLength(name, "abcdefghijklmnopqrstuvwxyz-") < len(name) {
		return ""
	}
	return nearest.Question(name, rules, func(rule string) string { return rule })
}

// hiddenFrom is where a comment is hidden from in frames: from its text on, but
// for ignore[rule] if each name in it is a rule's or near one.
func (s *source) maskStart(comment int) int {
	c, ok := s.ignores.byStart[comment]
	if !ok || c.malformed {
		return comment + 1
	}
	for _, i := range c.rules {
		if !s.isRule(i.rule) && suggestRule(i.rule, s.ignorableNames()) == "" {
			return comment + 1
		}
	}
	return c.bracketEnd
}

// lookWider finds out what an ignore comment that silenced nothing would silence
// under any release and in an environment that has nothing, so that the same
// comment is right for every run of check.
func (s *source) findUsedIgnores() {
	wide := *s
	wide.opts, wide.cachedEnv = Options{Env: []string{}, RequireEnv: true}, nil
	for _, r := range s.rules {
		if s.ignores.unused(r.Name) {
			r.check(&wide, func(f finding) { s.suppresses(r.Name, f) })
		}
	}
}

// knownRules are the rules that an ignore comment may name, listed once a file.
func (s *source) nameableRules() []Rule {
	if s.nameable == nil {
		s.nameable = s.listRules()
	}
	return s.nameable
}

func (s *source) isRule(name string) bool {
	return slices.ContainsFunc(s.nameableRules(), func(r Rule) bool { return r.Name == name })
}

// ignorable are the names of the rules that a comment may ignore.
func (s *source) ignorableNames() []string {
	var names []string
	for _, r := range s.nameableRules() {
		if isIgnorable(r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// canIgnore excludes syntax, for in a file that does not parse nobody knows what
// is a comment, and the judge of ignore comments itself.
func isIgnorable(rule string) bool { return rule != syntaxName && rule != ignoreName }
