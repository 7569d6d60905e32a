package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkReservedStrings reports strings that a release reads as a table with a
// reserved key in it, such as a secret that is a JSON object.
func checkReservedStrings(s *source, report func(finding)) {
	for v := range s.stringSettings() {
		name := reservedInString(v.str)
		if name == "" {
			continue
		}
		if suffix, ok := s.releasesWhere(release.Version.CastsFile); ok {
			report(v.finding(
				fmt.Sprintf("the string in %s becomes a table with the key %q%s: import prefect fails with ValueError", s.label(v), name, suffix),
				"Prefect's configuration has a method or attribute of that name: use another key, or quote the string twice, so that it stays a string",
			))
		}
	}
}

// reservedInString returns the first reserved key of a string that is a Python dict,
// or "".
func reservedInString(str string) string {
	if !strings.HasPrefix(strings.TrimLeft(str, " \t("), "{") {
		return ""
	}
	value, _ := casting.CastInFile(str)
	return casting.ReservedIn(value)
}
