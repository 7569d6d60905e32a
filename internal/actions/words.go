package actions

import (
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// flagWord matches a flag of the command in a message.
var flagWord = lazyregexp.New(`(^|[ (])--([a-z]+(?:-[a-z]+)*)\b`)

// inputOfFlag are the inputs that have another name than their flag.
var inputOfFlag = map[string]string{"prune-scope": "prune"}

// inInputs returns a message of the engine, which the command prints as well, with
// inputs in place of flags.
func inInputs(message string) string {
	return flagWord().ReplaceAllStringFunc(message, func(found string) string {
		before, flag, _ := strings.Cut(found, "--")
		input := flag
		if other, ok := inputOfFlag[flag]; ok {
			input = other
		}
		if slices.Contains(InputNames, input) {
			return before + "the input " + input
		}
		return before + "the command's --" + flag
	})
}
