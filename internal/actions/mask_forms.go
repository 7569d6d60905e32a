package actions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// minMask is the shortest text that is masked, in bytes: a mask such as } would
// blank every JSON output of the job.
const minMask = 4

// maskForms are the ways in which a secret may turn up in a log. Of an object or
// list they are also those of the secrets inside it. The name of the secret is the key
// of a list's elements.
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

// quotedText is the text that a JSON string holds.
func quotedText(text string) (inner string, ok bool) {
	return inner, strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &inner) == nil
}

// textForms are a text as a whole, as JSON with and without its quotation marks,
// and line by line. GitHub's runner takes a mask apart at line ends and hides each
// line that is not empty, of any length (actions/runner, AddMaskCommandExtension),
// and runners before late 2021 mask one line alone. So the whole of several lines
// is a form only if each of them is. Lines for which plain holds are left out; nil
// keeps all lines.
func textForms(text string, plain func(line string) bool) []string {
	if !maskable(text) {
		return nil
	}
	quoted := string(prefect.TextValue(text).Reveal())
	escaped, _ := json.Marshal(text)
	forms := []string{quoted, quoted[1 : len(quoted)-1], string(escaped[1 : len(escaped)-1])}
	whole := true
	for _, line := range maskedLines(text) {
		if maskable(line) && (plain == nil || !plain(line)) {
			forms = append(forms, line, strings.TrimSpace(line))
		} else {
			whole = false
		}
	}
	if whole {
		forms = slices.Insert(forms, 0, strings.TrimRight(text, "\r\n"))
	}
	return slices.DeleteFunc(forms, func(form string) bool { return !maskable(form) })
}

// maskedLines are what the runner makes of one mask.
func maskedLines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' })
}

func maskable(form string) bool {
	return len(strings.TrimSpace(form)) >= minMask && !isCommonWord(form)
}

func distinct(forms []string) []string {
	var kept []string
	seen := map[string]bool{}
	for _, form := range forms {
		if !seen[form] {
			kept = append(kept, form)
		}
		seen[form] = true
	}
	return kept
}

// ordinary are the words that are never masked, in small letters: those of every
// language of configuration, and all that the outputs and reports say by themselves.
var commonWords = ordinaryWords()

func ordinaryWords() map[string]bool {
	words := map[string]bool{}
	for _, word := range []string{"true", "false", "null", "none", "yes", "no"} {
		words[word] = true
	}
	add(words, Success, Partial, Failure, Skipped)
	add(words, secretsync.Kinds...)
	add(words, secretsync.Results...)
	return words
}

func add[T ~string](to map[string]bool, words ...T) {
	for _, word := range words {
		to[fmt.Sprint(word)] = true
	}
}

// isOrdinary looks past the marks around a word, which the runner drops as well
// (actions/runner, ValueEncoders.TrimDoubleQuotes).
func isCommonWord(text string) bool {
	return commonWords[strings.ToLower(strings.Trim(text, "\"', \t\r\n"))]
}
