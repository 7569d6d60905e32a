package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var planMarks = map[secretsync.Kind]string{
	secretsync.Create:    "+",
	secretsync.Overwrite: "~",
	secretsync.Skip:      "-",
}

// PlanText writes a plan, a line for each name, and its counts.
func PlanText(w io.Writer, plan *secretsync.Plan) error {
	var b strings.Builder
	fmt.Fprintf(&b, "plan for tenant %s\n", Safe(plan.Tenant))
	width := nameWidth(plan.Actions)
	for _, a := range plan.Actions {
		line := fmt.Sprintf("  %s %-9s %-*s  %s", planMark(a), a.Kind, width, shownName(a), planReason(a))
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	fmt.Fprintf(&b, "plan: %d to create, %d to overwrite, %d skipped\n",
		plan.Count(secretsync.Create), plan.Count(secretsync.Overwrite), plan.Count(secretsync.Skip))
	_, err := io.WriteString(w, b.String())
	return err
}

// planMark is how a line of the plan begins; ! is a skip that may not be meant.
func planMark(a secretsync.Action) string {
	if a.Warn {
		return "!"
	}
	return planMarks[a.Kind]
}

// shownName is the name in the store and, where it differs, where it comes from.
func shownName(a secretsync.Action) string {
	name := Safe(a.Name)
	if a.Source != "" && a.Source != a.Name {
		name += " = " + Safe(a.Source)
	}
	return name
}

func planReason(a secretsync.Action) string {
	if a.Kind == secretsync.Skip {
		return "skipped: " + Safe(a.Reason)
	}
	return Safe(a.Reason)
}

// maxNameWidth keeps one long name from pushing every reason off the screen.
const maxNameWidth = 40

func nameWidth(actions []secretsync.Action) int {
	width := 0
	for _, a := range actions {
		width = max(width, utf8.RuneCountInString(shownName(a)))
	}
	return min(width, maxNameWidth)
}

// ResultText writes what a sync did and what was verified afterwards.
func ResultText(w io.Writer, r *secretsync.Report, requests int64) error {
	var b strings.Builder
	for _, a := range r.Actions {
		if a.Result == secretsync.Failed {
			fmt.Fprintf(&b, "  ! failed    %s: %s\n", Safe(a.Name), Safe(a.Reason))
		}
	}
	fmt.Fprintf(&b, "result: %d created, %d overwritten, %d unchanged, %d skipped, %d failed, in %s\n",
		r.Count(secretsync.Created), r.Count(secretsync.Overwritten), r.Count(secretsync.Unchanged),
		r.Count(secretsync.Skipped), r.Count(secretsync.Failed), plural(int(requests), "request"))
	for _, line := range verifiedLines(r) {
		fmt.Fprintln(&b, "verified: "+line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func verifiedLines(r *secretsync.Report) []string {
	v := r.Verified
	if v == nil {
		return nil
	}
	expected := v.Present + len(v.Missing)
	lines := []string{fmt.Sprintf("%d of %s present", v.Present, plural(expected, "name"))}
	if v.Values != nil {
		lines = append(lines, fmt.Sprintf("%d of %s, read back under the runner key, equal to the source", *v.Values, plural(v.Present, "value")))
		for _, name := range v.Different {
			lines = append(lines, fmt.Sprintf("the value of %s differs from its source", Safe(name)))
		}
	}
	if v.WriterRefused != nil {
		refused := map[bool]string{true: "was refused a value, as it must be", false: "was NOT refused a value: this store shows secrets to whoever writes them"}
		lines = append(lines, "the writing key "+refused[*v.WriterRefused])
	}
	return lines
}

// syncDocument is the JSON of plan and sync.
type syncDocument struct {
	FormatVersion int                  `json:"format_version"`
	Actions       []secretsync.Action  `json:"actions"`
	Summary       map[string]int       `json:"summary"`
	Requests      int64                `json:"requests"`
	Verified      *secretsync.Verified `json:"verified,omitempty"`
}

// PlanJSON writes a plan as one JSON document.
func PlanJSON(w io.Writer, plan *secretsync.Plan, requests int64) error {
	return writeJSON(w, document(plan.Actions, requests))
}

// ResultJSON writes what a sync did as one JSON document.
func ResultJSON(w io.Writer, r *secretsync.Report, requests int64) error {
	d := document(r.Actions, requests)
	d.Verified = r.Verified
	return writeJSON(w, d)
}

func document(actions []secretsync.Action, requests int64) syncDocument {
	summary := map[string]int{
		string(secretsync.Create): 0, string(secretsync.Overwrite): 0, string(secretsync.Skip): 0,
	}
	for _, a := range actions {
		summary[string(a.Kind)]++
		if a.Result != "" {
			summary[string(a.Result)]++
		}
	}
	if actions == nil {
		actions = []secretsync.Action{}
	}
	return syncDocument{FormatVersion: FormatVersion, Actions: actions, Summary: summary, Requests: requests}
}

// NamesText writes one name a line.
func NamesText(w io.Writer, names []string) error {
	for _, name := range names {
		if _, err := fmt.Fprintln(w, Safe(name)); err != nil {
			return err
		}
	}
	return nil
}

// NamesJSON writes the names as one JSON document.
func NamesJSON(w io.Writer, names []string) error {
	if names == nil {
		names = []string{}
	}
	return writeJSON(w, struct {
		FormatVersion int      `json:"format_version"`
		Names         []string `json:"names"`
	}{FormatVersion, names})
}
