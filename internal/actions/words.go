package actions

import (
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// The engine says the names of flags, because the command prints the same messages. The
// step puts inputs in their place where it receives something of the engine: findings, a
// plan, an error, the message of a skipped run. All that it writes is of these.

// flagWord matches a flag in a sentence. It does not match one behind the name of a
// command, nor one that is called the command's already.
var flagWord = lazyregexp.New(`(?m)(^|\(|[,;:] |\b(?:with|pass|by|or|and|set|give|name|use|try|needs) )--([a-z]+(?:-[a-z]+)*)\b`)

// inputOfFlag are the inputs that have another name than their flag.
var inputOfFlag = map[string]string{"prune-scope": "prune", "api-key-file": "api-key"}

// inInputs returns a message of the engine with inputs in place of flags.
func inInputs(message string) string {
	return flagWord().ReplaceAllStringFunc(message, func(found string) string {
		parts := flagWord().FindStringSubmatch(found)
		before, flag := parts[1], parts[2]
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

// planInInputs puts inputs in the place of flags in a plan.
func planInInputs(plan *secretsync.Plan) {
	for i := range plan.Actions {
		plan.Actions[i].Reason = inInputs(plan.Actions[i].Reason)
	}
	plan.KeyNote = inInputs(plan.KeyNote)
	for _, texts := range [][]string{plan.Notes, plan.Warnings, plan.Remarks} {
		for i := range texts {
			texts[i] = inInputs(texts[i])
		}
	}
}

// inputsError is an error of the engine with inputs in place of flags.
type inputsError struct{ err error }

func (e *inputsError) Error() string { return inInputs(e.err.Error()) }

func (e *inputsError) Unwrap() error { return e.err }
