package actions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// sentMask is one line that the runner hides, in a closure that nothing prints, and
// the secret that it is of.
type sentMask struct {
	name string
	line func() string
}

func (r *Runner) recordMask(name, form string) {
	for _, line := range maskedLines(form) {
		r.masks = append(r.masks, sentMask{name, func() string { return line }})
	}
}

// noteHidden remembers which masks stand in an output.
func (r *Runner) recordHidden(output, text string) {
	for _, mask := range r.masks {
		outputs := r.hidden[mask.name]
		if !slices.Contains(outputs, output) && strings.Contains(text, mask.line()) {
			r.hidden[mask.name] = append(outputs, output)
		}
	}
}

// WarnOfHidden warns of each secret whose mask stands in an output that was set: a
// job hands no such output on (GitHub: "Skip output … since it may contain secret").
func (r *Runner) WarnOfHiddenOutputs() {
	for _, name := range slices.Sorted(maps.Keys(r.hidden)) {
		r.Warning(fmt.Sprintf("the mask of %s hides a part of %s: as an output of the job it stays empty",
			report.Safe(name), strings.Join(r.hidden[name], ", ")))
	}
}
