package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// checkCasts reports texts that stop being texts: Prefect from 0.11.2 on reads
// every text of the file as a Python literal if it is one.
func checkCasts(s *source, report func(finding)) {
	words, ok := s.includesV1_4()
	if !ok {
		return
	}
	for _, v := range s.stringSettings() {
		kind, changed := castType(v.str)
		if !changed || strings.Contains(v.str, "$") || s.isCastAnyway(v) || v.secret && isJSONContainer(v.str) {
			continue
		}
		report(v.finding(
			fmt.Sprintf("the text of %s becomes %s%s", s.label(v), kind, words),
			castHint(v),
		))
	}
}

// in14 reports whether Prefect 1.4 is among the versions that a file is checked for,
// and which words say that it alone does something, where others are as well.
func (s *source) includesV1_4() (words string, ok bool) {
	if !s.opts.Version.Includes(release.V1_4) {
		return "", false
	}
	if s.opts.Version == release.Any {
		words = " in Prefect 1.4"
	}
	return words, true
}

// isContainer reports whether a text is a JSON object or list: a flow gets that in
// any release, for Secret.get parses JSON.
func isJSONContainer(text string) bool {
	text = strings.TrimSpace(text)
	return (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) && json.Valid([]byte(text))
}

// castType is what Prefect 1.4 makes of a text, and whether that is no longer the
// same text.
func castType(text string) (kind string, changed bool) {
	value, changed := release.V1_4.CastInFile(text)
	if !changed {
		return "", false
	}
	if _, isText := value.(string); isText {
		return "another text: its quotes go", true
	}
	article := "a "
	name := pyliteral.TypeName(value)
	if strings.Contains("aeiou", name[:1]) {
		article = "an "
	}
	return article + name, true
}

// expects reports whether Prefect wants no text there: a setting of its own that
// is no text to begin with, or that it casts itself.
func (s *source) isCastAnyway(v setting) bool {
	wanted := release.SettingType(v.name)
	return wanted != "" && wanted != "str"
}

func castHint(v setting) string {
	if v.secret {
		return `a flow gets that and not a text; to keep the text, quote it twice, such as '"42"'`
	}
	return `to keep the text, quote it twice, such as '"42"'`
}
