package actions

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// minMask is the length of the shortest mask, in bytes. A mask such as } would hide
// every JSON output of the job.
const minMask = 4

// maskForms returns the forms in which a secret may appear in a log. Those of an object
// or list include the forms of the secrets inside it. The elements of a list have the
// secret's name as their key.
func maskForms(name, text string) []string {
	inside, isJSON := secretsInJSON(name, text)
	if inner, ok := quotedText(text); ok {
		return distinct(append(textForms(text, nil), maskForms(name, inner)...))
	}
	if !isJSON {
		return distinct(textForms(text, nil))
	}
	forms := textForms(text, inside.isPublicLine)
	for _, secret := range inside.secrets {
		forms = append(forms, textForms(secret, nil)...)
	}
	return distinct(forms)
}

// quotedText returns the content of a JSON string.
func quotedText(text string) (inner string, ok bool) {
	ok = strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &inner) == nil
	return inner, ok
}

// textForms returns the forms of a text: unchanged, as JSON with and without quotation
// marks, and line by line. It omits the lines for which isPublic returns true; if
// isPublic is nil it omits none.
//
// GitHub's runner splits a mask at line ends and hides each line that is not empty, of
// any length (actions/runner, AddMaskCommandExtension). Runners before late 2021 mask
// one line only. So a text of several lines is a form only if each of its lines is.
func textForms(text string, isPublic func(line string) bool) []string {
	if !maskable(text) {
		return nil
	}
	quoted := string(prefect.TextValue(text).Reveal())
	escaped, _ := json.Marshal(text)
	forms := []string{quoted, quoted[1 : len(quoted)-1], string(escaped[1 : len(escaped)-1])}
	complete := true
	for _, line := range maskedLines(text) {
		if maskable(line) && (isPublic == nil || !isPublic(line)) {
			forms = append(forms, line, strings.TrimSpace(line))
		} else {
			complete = false
		}
	}
	if complete {
		forms = slices.Insert(forms, 0, strings.TrimRight(text, "\r\n"))
	}
	return slices.DeleteFunc(forms, func(form string) bool { return !maskable(form) })
}

// maskedLines splits a mask as the runner does.
func maskedLines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' })
}

func maskable(form string) bool {
	return len(strings.TrimSpace(form)) >= minMask && !isCommonWord(form)
}

func distinct(forms []string) []string {
	var unique []string
	seen := map[string]bool{}
	for _, form := range forms {
		if !seen[form] {
			unique = append(unique, form)
		}
		seen[form] = true
	}
	return unique
}

// commonWords are never masked: words of every configuration language, and those of the
// outputs and reports themselves. They are in lower case.
var commonWords = newCommonWords()

func newCommonWords() map[string]bool {
	words := map[string]bool{"true": true, "false": true, "null": true, "none": true, "yes": true, "no": true}
	for _, status := range []Status{Success, Partial, Failure, Skipped} {
		words[string(status)] = true
	}
	for _, kind := range secretsync.Kinds {
		words[string(kind)] = true
	}
	for _, result := range secretsync.Results {
		words[string(result)] = true
	}
	return words
}

// isCommonWord reports whether text is a common word, perhaps with quotation marks and
// spaces around it. The runner drops the marks as well (actions/runner,
// ValueEncoders.TrimDoubleQuotes).
func isCommonWord(text string) bool {
	return commonWords[strings.ToLower(strings.Trim(text, "\"', \t\r\n"))]
}
