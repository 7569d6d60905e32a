package sync

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// ErrNothingIncluded means that there is an include and nothing to write. Like an
// empty source it is never a reason to delete.
var ErrNothingIncluded = errors.New("include leaves nothing to write")

// selects judges the patterns over CI names, and fails where an include leaves
// nothing to write.
func (p *planner) selects(plan *Plan) error {
	names := p.ciNames()
	idle := plan.judge("include", p.in.Rules.Include, "no name of a source", names)
	plan.judge("exclude", p.in.Rules.Exclude, "no name of a source", names)
	if p.in.Prune.MaxDeletes != nil && len(p.in.Prune.Scope) == 0 {
		plan.Remarks = append(plan.Remarks, "max-deletes is set and there is no prune scope: nothing is deleted")
	}
	if p.in.Rules.Include != nil && !plan.Pending() {
		return nothingIncludedError(len(p.in.Rules.Include), idle)
	}
	return nil
}

// nothingIncluded says why: idle is what is to be said of the patterns that match
// nothing.
func nothingIncludedError(patterns int, idle []string) error {
	switch {
	case patterns == 0:
		idle = []string{"it is empty, and none of the names in [names] has a value"}
	case len(idle) < patterns:
		idle = slices.Insert(idle, 0, "none of the names that it takes has a value")
	}
	return fmt.Errorf("%w: %s", ErrNothingIncluded, strings.Join(idle, "; "))
}

// ciNames are the names that some source has, sorted.
func (p *planner) ciNames() []string { return slices.Sorted(maps.Keys(p.seen)) }

// judge notes each pattern that matches none of the names: as a warning where it
// looks like a mistake. It returns what it noted.
func (p *Plan) judge(what string, patterns []string, noName string, names []string) (idle []string) {
	for _, pattern := range patterns {
		if slices.ContainsFunc(names, func(name string) bool { return firstMatch([]string{pattern}, name) != "" }) {
			continue
		}
		said := fmt.Sprintf("%s %q matches %s", what, p.masked(pattern), noName)
		if likely := suggestPattern(pattern, names); likely != "" {
			said += didYouMean(p.masked(likely))
			p.Warnings = append(p.Warnings, said)
		} else {
			p.Remarks = append(p.Remarks, said)
		}
		idle = append(idle, said)
	}
	return idle
}

func (p *Plan) masked(pattern string) string {
	if p.mask == nil {
		return pattern
	}
	return p.mask(pattern)
}

func didYouMean(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", name)
}

// likeName suggests a name of a source in place of one that no source has.
func (p *planner) likeName(name string) string {
	return didYouMean(suggest(undecorated(name), p.ciNames()))
}

// meant is what a pattern that matches nothing most likely was to be; empty if it
// may be right.
func suggestPattern(pattern string, names []string) string {
	bare := undecorated(pattern)
	if likely := suggest(bare, names); likely != "" || bare == pattern {
		return likely
	}
	return asPatterns(bare)
}

// alternatives are those of a regular expression as a list of patterns.
func asPatterns(expression string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(expression, "("), ")")
	if strings.ContainsAny(inner, "()") {
		return expression
	}
	return strings.ReplaceAll(inner, "|", ", ")
}

// like is the pattern in another case that matches, or the name that it nearly
// matches; empty if there is none.
func suggest(pattern string, names []string) string {
	return cmp.Or(suggestCase(pattern, names), nearest.Glob(pattern, names))
}

// inAnyCase is a pattern in the case in which it matches one of the names, or else
// the name that it matches in another; empty if it matches in none.
func suggestCase(pattern string, names []string) string {
	forms := []string{pattern, strings.ToUpper(pattern), strings.ToLower(pattern)}
	for _, form := range forms {
		if slices.ContainsFunc(names, func(name string) bool { ok, _ := path.Match(form, name); return ok }) {
			return form
		}
	}
	for _, name := range names {
		if ok, _ := path.Match(forms[2], strings.ToLower(name)); ok {
			return name
		}
	}
	return ""
}

// notGlob is what people write around a pattern where it counts as a part of it: a
// list's dash, quotation marks, the context, a variable's $, and a regular
// expression's slashes and anchors.
var decoration = regexp.MustCompile("^(- *|[\"'`]|\\$\\{\\{ *|secrets\\.|vars\\.|env\\.|[$^/! ])|( *\\}\\}|[\"'`$/ ])$")

// bareGlob is a pattern without that, and with a regular expression's .* and .+ as
// globs.
func undecorated(pattern string) string {
	bare := strings.NewReplacer(".*", "*", ".+", "*").Replace(pattern)
	for {
		next := decoration.ReplaceAllString(bare, "")
		if next == bare || next == "" {
			return bare
		}
		bare = next
	}
}
