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
		if !refers(v.str) || s.failing[v.Node] {
			continue // a $ in a password: see dollar-in-value; or told by the rule type
		}
		unset := s.unsetIn(v, env)
		if unset.all.len() == 0 {
			continue
		}
		f := v.finding(unset.message(s.label(v)), unset.hint())
		if s.opts.RequireEnv {
			f.severity = SeverityError
		}
		report(f)
	}
}

// unsetIn returns the variables of a value that the environment does not have.
func (s *source) unsetIn(v *setting, env environment) (unset unsetNames) {
	for _, r := range release.References(v.str) {
		if !env.has(r.Name) && s.isVariable(r) && !s.isAssumed(r.Name) {
			unset.add(r)
		}
	}
	return unset
}

// unsetNames are the variables of one value that are not set.
type unsetNames struct{ all, bare, inBraces nameList }

func (u *unsetNames) add(r release.Reference) {
	u.all.add(r.Name)
	if r.Braces {
		u.inBraces.add(r.Name)
	} else {
		u.bare.add(r.Name)
	}
}

func (u *unsetNames) message(label string) string {
	n := u.all.len()
	return fmt.Sprintf("%s names %s, which %s not set: %s", label, u.all.phrase("environment variable"), plural(n, "is", "are"), u.effect(n))
}

// effect says what Prefect makes of the references.
func (u *unsetNames) effect(n int) string {
	switch {
	case u.inBraces.len() == 0:
		return plural(n, "the reference stays in the string as it is", "the references stay in the string as they are")
	case u.bare.len() == 0:
		return plural(n, "the reference becomes the empty string", "each reference becomes the empty string")
	}
	return "a bare $NAME stays in the string as it is, and ${NAME} becomes the empty string"
}

func (u *unsetNames) hint() string {
	names := u.all.String()
	if u.all.hidden > 0 {
		names = plural(u.all.len(), "it", "them")
	}
	return fmt.Sprintf("set %s where Prefect runs, or remove the %s", names, plural(u.all.len(), "reference", "references"))
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

// maskedName returns the name in a reference if it is safe to display, or otherwise
// if it may be a part of a secret.
func maskedName(name, otherwise string) string {
	if isDisplayableReference("${" + name + "}") {
		return MaskTokens(name)
	}
	return otherwise
}
