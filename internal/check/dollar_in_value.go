package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkDollars reports secrets with a $ that is not meant as a reference. Prefect
// expands what follows it, and it cannot be escaped.
func checkDollars(s *source, report func(finding)) {
	for _, v := range s.interpolated() {
		isSecret := v.secret || isSensitiveKey(v.path[len(v.path)-1])
		if !isSecret || isReference(v.str) || isTemplate(v.str) {
			continue
		}
		effect := ""
		switch {
		case len(release.References(v.str)) > 0:
			effect = "Prefect replaces what follows it wherever the environment has a variable of that name"
		case strings.Contains(v.str, "$$"):
			effect = "on Windows Prefect makes one $ of two"
		default:
			continue
		}
		report(v.finding(
			fmt.Sprintf("%s has a $ in it: %s", s.label(v), effect),
			"nothing escapes a $ here: name an environment variable instead, whose value is expanded as well, or put the secret into the store with prefect-secrets sync",
		))
	}
}
