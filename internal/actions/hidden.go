package actions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// sentMask is one line that the runner hides.
type sentMask struct {
	name string        // of the secret
	line func() string // a closure, which nothing prints
}

func (r *Runner) recordMask(name, form string) {
	for _, line := range maskedLines(form) {
		r.masks = append(r.masks, sentMask{name, func() string { return line }})
	}
}

// recordHidden records which masks an output contains.
func (r *Runner) recordHidden(output, text string) {
	for _, mask := range r.masks {
		outputs := r.hidden[mask.name]
		if !slices.Contains(outputs, output) && strings.Contains(text, mask.line()) {
			r.hidden[mask.name] = append(outputs, output)
		}
	}
}

// WarnOfHiddenOutputs warns of each secret whose mask is in an output that was set: a
// job does not pass on such an output (GitHub: "Skip output … since it may contain
// secret").
func (r *Runner) WarnOfHiddenOutputs() {
	for _, name := range slices.Sorted(maps.Keys(r.hidden)) {
		r.Warning(fmt.Sprintf("the mask of %s hides a part of %s: as an output of the job it stays empty",
			report.Safe(name), strings.Join(r.hidden[name], ", ")))
	}
}
