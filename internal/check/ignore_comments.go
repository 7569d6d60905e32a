package check

import (
	"slices"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// directive begins every comment that is for check.
const directive = "prefect-secrets:"

// ignores are the ignore comments of a file that parses.
type ignores struct {
	comments []*ignoreComment
	byStart  map[int]*ignoreComment // by the offset of their #
	used     map[suppression]bool   // whether the ignore suppressed anything
}

// suppression is a rule that is ignored on a line.
type suppression struct {
	line int
	rule string
}

// ignoreComment is a comment that begins with the directive.
type ignoreComment struct {
	span
	line       int  // that it is for: its own, or the one below if it is alone on its line
	malformed  bool // it has no ignore[rule]
	bracketEnd int  // the offset after ignore[rule]
	hasReason  bool
	rules      []ignoredRule
}

// ignoredRule is a rule that an ignore comment names.
type ignoredRule struct {
	span
	name string
}

// readIgnores reads the ignore comments. Of several on consecutive lines of their
// own, each is for the line below all of them; therefore it reads from the last to
// the first.
func readIgnores(doc *tomlpos.Document) ignores {
	all := ignores{byStart: map[int]*ignoreComment{}, used: map[suppression]bool{}}
	aloneLine, target := 0, 0 // of the last one alone on its line: its line, and the line it is for
	for _, comment := range slices.Backward(doc.Comments) {
		c, ok := readIgnore(doc.Text, comment)
		if !ok {
			continue
		}
		c.line = doc.Position(c.start).Line
		if start, _ := doc.Line(c.line); strings.Trim(doc.Text[start:c.start], " \t") == "" {
			if aloneLine != c.line+1 {
				target = c.line + 1
			}
			aloneLine, c.line = c.line, target
		}
		all.add(c)
	}
	return all
}

func (all *ignores) add(c *ignoreComment) {
	all.comments = append(all.comments, c)
	all.byStart[c.start] = c
	for _, r := range c.rules {
		if isIgnorable(r.name) {
			all.used[suppression{c.line, r.name}] = false
		}
	}
}

// readIgnore reads a comment such as # prefect-secrets: ignore[rule, rule] reason.
// ok is false if it does not begin with the directive.
func readIgnore(text string, at tomlpos.Comment) (c *ignoreComment, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(text[at.Start+1:at.End], " \t"), directive)
	if !ok {
		return nil, false
	}
	c = &ignoreComment{span: span{at.Start, at.End}, malformed: true}
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), "ignore[")
	names, reason, closed := strings.Cut(rest, "]")
	if !ok || !closed {
		return c, true
	}
	c.malformed, c.bracketEnd = false, at.End-len(reason)
	c.hasReason = strings.ContainsFunc(reason, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	c.rules = readRules(names, at.End-len(rest))
	return c, true
}

// readRules reads the names between the brackets, which begin at an offset. An empty
// name counts as an unknown rule.
func readRules(names string, offset int) []ignoredRule {
	var rules []ignoredRule
	for _, part := range strings.Split(names, ",") {
		name := strings.Trim(part, " \t")
		start := offset + strings.Index(part, name)
		rules = append(rules, ignoredRule{span{start, start + len(name)}, name})
		offset += len(part) + len(",")
	}
	return rules
}

// unused reports whether a comment names a rule and has not suppressed anything yet.
func (all *ignores) unused(rule string) bool {
	for pair, used := range all.used {
		if pair.rule == rule && !used {
			return true
		}
	}
	return false
}

// suppresses reports whether an ignore comment is for a finding, that is for the
// line on which it begins or ends. The comment then counts as used.
func (s *source) suppresses(rule string, f finding) bool {
	if len(s.ignores.used) == 0 {
		return false
	}
	found := false
	for _, offset := range []int{f.start, f.end} {
		pair := suppression{s.doc.Position(offset).Line, rule}
		if _, ok := s.ignores.used[pair]; ok {
			s.ignores.used[pair], found = true, true
		}
	}
	return found
}
