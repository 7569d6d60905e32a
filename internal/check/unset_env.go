package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkUnsetEnv reports references to variables that the environment at hand does
// not have, and what Prefect makes of them: a bare $NAME stays as it is, ${NAME}
// is then taken for another key and becomes the empty text.
func checkUnsetEnv(s *source, report func(finding)) {
	env, known := s.env()
	if !known {
		return
	}
	for _, v := range s.interpolated() {
		if !isReference(v.str) && !isTemplate(v.str) {
			continue // a $ in a password: see dollar-in-value
		}
		for _, ref := range release.References(v.str) {
			if env[ref.Name] || ref.Braces && s.isKey(ref.Name) || strings.ContainsAny(ref.Name, ".${") || ref.Name == "" {
				continue
			}
			f := v.finding(unsetMessage(s.label(v), ref), fmt.Sprintf("set %s where Prefect runs, or take the reference out", maskedName(ref.Name, "it")))
			if s.opts.RequireEnv {
				f.severity = SeverityError
			}
			report(f)
			break
		}
	}
}

// isKey reports whether a name in braces is that of another key, in the file or
// among Prefect's own.
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

// shownName is the name in a reference, if it is certain enough that it is one and
// not a part of a secret; else other words.
func maskedName(name, otherwise string) string {
	if isDisplayableReference("${" + name + "}") {
		return MaskTokens(name)
	}
	return otherwise
}
