package sync

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// ErrNothingIncluded means that there is an include, but nothing to write. Like an
// empty source, it never deletes anything.
var ErrNothingIncluded = errors.New("include selects nothing to write")

// checkPatterns notes the patterns over CI names that match nothing. It fails if
// there is an include, and nothing to write.
func (p *planner) checkPatterns(plan *Plan) error {
	const noName = "no name of a source"
	unmatched := plan.noteUnmatched("include", p.selectNothing(p.in.Rules.Include), noName, p.ciNames)
	plan.noteUnmatched("exclude", p.selectNothing(p.in.Rules.Exclude), noName, p.ciNames)
	plan.noteUselessPrune(p.in.Prune)
	if p.in.Rules.Include != nil && !plan.Pending() {
		return nothingIncludedError(len(p.in.Rules.Include), unmatched)
	}
	return nil
}

// noteUselessPrune notes what is set for deletions, and has no effect without a scope.
func (p *Plan) noteUselessPrune(prune Prune) {
	if len(prune.Scope) > 0 {
		return
	}
	const useless = " is set without a prune scope: nothing is deleted"
	if prune.MaxDeletes != nil {
		p.Remarks = append(p.Remarks, "max-deletes"+useless)
	}
	if prune.Unowned {
		p.Remarks = append(p.Remarks, "prune-unowned"+useless)
	}
}

// nothingIncludedError returns [ErrNothingIncluded] with the reasons: the number of
// patterns, and a note for each that matches nothing.
func nothingIncludedError(patterns int, unmatched []string) error {
	reasons := unmatched
	switch {
	case patterns == 0:
		reasons = []string{"it is empty, and none of the names in [names] has a value"}
	case len(unmatched) < patterns:
		reasons = slices.Insert(unmatched, 0, "none of the names it selects has a value")
	}
	return fmt.Errorf("%w: %s", ErrNothingIncluded, strings.Join(reasons, "; "))
}

// selectNothing returns the patterns that select no CI name.
func (p *planner) selectNothing(patterns []string) []string {
	return slices.DeleteFunc(unmatched(patterns, p.ciNames), func(pattern string) bool {
		return slices.ContainsFunc(p.stored[pattern], func(name string) bool { return name != pattern })
	})
}

// unmatched returns the patterns that match none of the names.
func unmatched(patterns, names []string) []string {
	return slices.DeleteFunc(slices.Clone(patterns), func(pattern string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return firstMatch([]string{pattern}, name) != "" })
	})
}

// noteUnmatched notes patterns that match none of the names: as a warning if one looks
// like a mistake, else as a remark. It returns the notes.
func (p *Plan) noteUnmatched(what string, patterns []string, noName string, names []string) (notes []string) {
	for _, pattern := range patterns {
		note := fmt.Sprintf("%s %q matches %s", what, p.masked(pattern), noName)
		if likely := suggestPattern(pattern, names); likely != "" {
			note += didYouMean(p.masked(likely))
			p.Warnings = append(p.Warnings, note)
		} else {
			p.Remarks = append(p.Remarks, note)
		}
		notes = append(notes, note)
	}
	return notes
}

// masked returns a pattern as a message may show it.
func (p *Plan) masked(pattern string) string {
	if p.mask == nil {
		return pattern
	}
	return p.mask(pattern)
}

// didYouMean returns the question whether name was meant; empty for no name.
func didYouMean(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", name)
}

// suggestName returns a question for a CI name that no source has: whether a similar
// one was meant.
func (p *planner) suggestName(name string) string {
	return didYouMean(suggest(undecorated(name), p.ciNames))
}

// suggestPattern returns what was probably meant by a pattern that matches nothing;
// it is empty if the pattern may be right.
func suggestPattern(pattern string, names []string) string {
	glob := undecorated(pattern)
	if likely := suggest(glob, names); likely != "" || glob == pattern {
		return likely
	}
	return asPatterns(glob)
}

// asPatterns returns the alternatives of a regular expression as a list of patterns.
func asPatterns(expression string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(expression, "("), ")")
	if strings.ContainsAny(inner, "()") {
		return expression
	}
	return strings.ReplaceAll(inner, "|", ", ")
}

// suggest returns the pattern in another case that matches, or the name that it
// nearly matches; empty if it matches none.
func suggest(pattern string, names []string) string {
	return cmp.Or(suggestCase(pattern, names), nearest.Glob(pattern, names))
}

// suggestCase returns a pattern in the case in which it matches one of the names, or
// else the name that it matches if case is ignored; empty if it matches none.
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

// decoration matches what people write around a pattern, though it counts as a part
// of it: a list's dash, quotation marks, the context, a variable's $, and a regular
// expression's slashes and anchors.
var decoration = lazyregexp.New("^(- *|[\"'`]|\\$\\{\\{ *|secrets\\.|vars\\.|env\\.|[$^/! ])|( *\\}\\}|[\"'`$/ ])$")

// undecorated returns a pattern without its decoration, and with a regular
// expression's .* and .+ as globs.
func undecorated(pattern string) string {
	glob := strings.NewReplacer(".*", "*", ".+", "*").Replace(pattern)
	for {
		shorter := decoration().ReplaceAllString(glob, "")
		if shorter == glob || shorter == "" {
			return glob
		}
		glob = shorter
	}
}
