package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkCasts reports strings that become something else: from 0.11.2 on, Prefect
// reads every string of the file as a Python literal if it is one.
func checkCasts(s *source, report func(finding)) {
	suffix, ok := s.releasesWhere(release.Version.CastsFile)
	if !ok {
		return
	}
	for _, v := range s.stringSettings() {
		kind, changed := castType(v.str)
		if !changed || strings.Contains(v.str, "$") || isCastAnyway(v) || v.secret && isJSONContainer(v.str) {
			continue
		}
		report(v.finding(
			fmt.Sprintf("the text of %s becomes %s%s", s.label(v), kind, suffix),
			castHint(v),
		))
	}
}

// casting is a release that casts the strings of the file. All that do cast alike.
var casting = release.Number{1, 4, 1}.Version()

// isJSONContainer reports whether a string is a JSON object or list. A flow gets
// that in any release, since Secret.get parses JSON.
func isJSONContainer(str string) bool {
	str = strings.TrimSpace(str)
	return (strings.HasPrefix(str, "{") || strings.HasPrefix(str, "[")) && json.Valid([]byte(str))
}

// castType returns what a release that casts turns a string into. changed is false if that is
// the same string.
func castType(str string) (kind string, changed bool) {
	value, changed := casting.CastInFile(str)
	if !changed {
		return "", false
	}
	if _, isString := value.(string); isString {
		return "another text: its quotes go", true
	}
	article := "a "
	name := pyliteral.TypeName(value)
	if strings.Contains("aeiou", name[:1]) {
		article = "an "
	}
	return article + name, true
}

// isCastAnyway reports whether v is a setting of Prefect's own that is not a string,
// so that Prefect casts it.
func isCastAnyway(v setting) bool {
	wanted := release.SettingType(v.name)
	return wanted != "" && wanted != "str"
}

func castHint(v setting) string {
	if v.secret {
		return `a flow gets that and not a text; to keep the text, quote it twice, such as '"42"'`
	}
	return `to keep the text, quote it twice, such as '"42"'`
}
