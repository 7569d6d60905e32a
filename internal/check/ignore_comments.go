package check

import (
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// directive begins the text of every comment that is meant for check.
const directive = "prefect-secrets:"

// ignores are the ignore comments of a file that parses.
type ignores struct {
	comments []*ignoreComment
	byStart  map[int]*ignoreComment // by where they begin
	used     map[suppression]bool   // of each pair that is silenced: whether that was needed
}

// silenced is a rule on a line.
type suppression struct {
	line int
	rule string
}

// ignoreComment is a comment that begins as an ignore comment does.
type ignoreComment struct {
	span
	line       int  // that it silences: its own, or the one below if it stands alone
	malformed  bool // there is no ignore[rule] in it
	bracketEnd int  // where ignore[rule] ends
	hasReason  bool
	rules      []ignoredRule
}

// ignored is one rule that an ignore comment names.
type ignoredRule struct {
	span
	rule string
}

// readIgnores reads the ignore comments from the last to the first, so that of
// several that stand alone one above the other each is for the line below all.
func readIgnores(doc *tomlpos.Document) ignores {
	all := ignores{byStart: map[int]*ignoreComment{}, used: map[suppression]bool{}}
	alone := map[int]int{} // the lines that such a comment has for itself, and which they silence
	for i := len(doc.Comments) - 1; i >= 0; i-- {
		c, ok := readIgnore(doc.Text, doc.Comments[i])
		if !ok {
			continue
		}
		c.line = doc.Position(c.start).Line
		if start, _ := doc.Line(c.line); strings.Trim(doc.Text[start:c.start], " \t") == "" {
			own := c.line
			if c.line = alone[own+1]; c.line == 0 {
				c.line = own + 1
			}
			alone[own] = c.line
		}
		all.add(c)
	}
	return all
}

func (all *ignores) add(c *ignoreComment) {
	all.comments = append(all.comments, c)
	all.byStart[c.start] = c
	for _, i := range c.rules {
		if isIgnorable(i.rule) {
			all.used[suppression{c.line, i.rule}] = false
		}
	}
}

// readIgnore reads # prefect-secrets: ignore[rule, rule] reason.
func readIgnore(text string, at tomlpos.Comment) (*ignoreComment, bool) {
	c := &ignoreComment{span: span{at.Start, at.End}, malformed: true}
	rest, ok := strings.CutPrefix(strings.TrimLeft(text[at.Start+1:at.End], " \t"), directive)
	if !ok {
		return c, false
	}
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

// readRules reads the names between the brackets, which begin at an offset. An
// empty name is one that no rule has.
func readRules(names string, offset int) []ignoredRule {
	var rules []ignoredRule
	for _, name := range strings.Split(names, ",") {
		rule := strings.Trim(name, " \t")
		start := offset + strings.Index(name, rule)
		rules = append(rules, ignoredRule{span{start, start + len(rule)}, rule})
		offset += len(name) + len(",")
	}
	return rules
}

// unused reports whether some comment names a rule for nothing so far.
func (all *ignores) unused(rule string) bool {
	for pair, used := range all.used {
		if pair.rule == rule && !used {
			return true
		}
	}
	return false
}

// silences reports whether an ignore comment is for a finding: for the line it
// begins on or the line it ends on. The comment then counts as used.
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
