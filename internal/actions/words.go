package actions

import (
	"fmt"
	"strings"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Status is how a run ended, as the output status says it.
type Status string

// The statuses.
const (
	Success Status = "success"
	Partial Status = "partial"
	Failure Status = "failed"
	Skipped Status = "skipped"
)

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
