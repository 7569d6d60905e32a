package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkUnsetEnv reports references to variables that the environment does not have,
// and what Prefect does with them: a bare $NAME stays as it is, while ${NAME} counts
// as another key and becomes the empty string.
func checkUnsetEnv(s *source, report func(finding)) {
	env, ok := s.env()
	if !ok {
		return
	}
	for _, v := range s.interpolated() {
		if !refers(v.str) || s.failsStart[v.Node] {
			continue // a $ in a password: see dollar-in-value; or told by the rule type
		}
		refs := release.References(v.str)
		first := slices.IndexFunc(refs, func(r release.Reference) bool { return !env[r.Name] && s.isVariable(r) && !s.isAssumed(r.Name) })
		if first < 0 {
			continue
		}
		ref := refs[first]
		f := v.finding(unsetMessage(s.label(v), ref), fmt.Sprintf("set %s where Prefect runs, or take the reference out", maskedName(ref.Name, "it")))
		if s.opts.RequireEnv {
			f.severity = SeverityError
		}
		report(f)
	}
}

// isVariable reports whether a reference that the environment lacks can only be one
// to a variable: it has a name without dots and further references, and in braces it
// is not the name of another key.
func (s *source) isVariable(ref release.Reference) bool {
	if ref.Name == "" || strings.ContainsAny(ref.Name, ".${") {
		return false
	}
	return !ref.Braces || !s.isKey(ref.Name)
}

// isAssumed reports whether Prefect's environment will have a variable, by a glob of
// the options. What no shell can set is not assumed: Prefect takes all of ${A:-b} for
// a name.
func (s *source) isAssumed(name string) bool {
	return prefixLength(name, alphanumeric+"_") == len(name) &&
		slices.ContainsFunc(s.opts.AssumeEnv, func(glob string) bool {
			matches, err := path.Match(glob, name)
			return err == nil && matches
		})
}

// isKey reports whether a name is that of a key in the file or of one of Prefect's own.
func (s *source) isKey(name string) bool {
	_, ok := s.lookup(name)
	return ok || s.isDefault(name)
}

func unsetMessage(label string, ref release.Reference) string {
	becomes := "the reference stays in the text as it is"
	if ref.Braces {
		becomes = "the reference becomes the empty text"
	}
	return fmt.Sprintf("%s names the environment variable %s, which is not set: %s", label, maskedName(ref.Name, "after the $"), becomes)
}

// maskedName returns the name in a reference if it is safe to display, or otherwise
// if it may be a part of a secret.
func maskedName(name, otherwise string) string {
	if isDisplayableReference("${" + name + "}") {
		return MaskTokens(name)
	}
	return otherwise
}
