package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var planMarks = map[secretsync.Kind]string{
	secretsync.Create:    "+",
	secretsync.Overwrite: "~",
	secretsync.Delete:    "x",
	secretsync.Skip:      "-",
	secretsync.Keep:      "=",
}

// PlanText writes a plan, a line for each name, and its counts.
func PlanText(w io.Writer, plan *secretsync.Plan) error {
	var b strings.Builder
	for _, line := range plan.FirstLines() {
		fmt.Fprintln(&b, Safe(line))
	}
	fmt.Fprintf(&b, "plan for %s\n", target(plan))
	width := nameWidth(plan.Actions)
	for _, a := range plan.Actions {
		line := fmt.Sprintf("  %s %-9s %-*s  %s", planMark(a), a.Kind, width, displayName(a), planReason(a))
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	for _, warning := range plan.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", Safe(warning))
	}
	for _, note := range notes(plan) {
		fmt.Fprintf(&b, "note: %s\n", Safe(note))
	}
	fmt.Fprintf(&b, "plan: %s\n", planCounts(plan, "%d"))
	_, err := io.WriteString(w, b.String())
	return err
}

// planCounts returns the counts of a plan. It names deletions and unchanged secrets
// only if there are any. The verb formats the counts of actions that change the store.
func planCounts(plan *secretsync.Plan, verb string) string {
	parts := []string{
		fmt.Sprintf(verb+" to create", plan.Count(secretsync.Create)),
		fmt.Sprintf(verb+" to overwrite", plan.Count(secretsync.Overwrite)),
	}
	if n := plan.Count(secretsync.Delete); n > 0 {
		parts = append(parts, fmt.Sprintf(verb+" to delete", n))
	}
	if n := plan.Count(secretsync.Keep); n > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", n))
	}
	return strings.Join(append(parts, fmt.Sprintf("%d skipped", plan.Count(secretsync.Skip))), ", ")
}

// planMark begins a line of the plan. An exclamation mark is a skip that may be
// unintended.
func planMark(a secretsync.Action) string {
	if a.Warn {
		return "!"
	}
	return planMarks[a.Kind]
}

// displayName returns the name in the store and, if it differs, that in the source.
func displayName(a secretsync.Action) string {
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

// maxNameWidth limits the column of names, so that one long name does not push every
// reason off the screen.
const maxNameWidth = 40

func nameWidth(actions []secretsync.Action) int {
	width := 0
	for _, a := range actions {
		width = max(width, utf8.RuneCountInString(displayName(a)))
	}
	return min(width, maxNameWidth)
}

// ResultText writes what a sync did for each tenant, and what was verified afterwards.
// All tenants together took that many requests.
func ResultText(w io.Writer, tenants []secretsync.TenantResult, requests int64) error {
	var b strings.Builder
	for _, t := range tenants {
		head := "result"
		if len(tenants) > 1 {
			head += " for " + Safe(tenant.Label(t.Name))
		}
		if t.Report == nil {
			continue
		}
		undoneText(&b, t.Report)
		fmt.Fprintf(&b, "%s: %s", head, resultCounts(t.Report, "%d"))
		if len(tenants) == 1 {
			fmt.Fprintf(&b, ", in %s", Plural(int(requests), "request"))
		}
		b.WriteString("\n")
		for _, line := range verifiedLines(t.Report) {
			fmt.Fprintln(&b, "verified: "+line)
		}
	}
	for _, f := range failuresWithout(tenants, hasReport) {
		fmt.Fprintf(&b, "result for %s: failed: %s\n", Safe(f.Who), Safe(f.Why))
	}
	if len(tenants) > 1 {
		fmt.Fprintf(&b, "%s, %s\n", Plural(len(tenants), "tenant"), Plural(int(requests), "request"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// undoneText writes the actions that were not done, equal failures on one line, and
// each deletion.
func undoneText(b *strings.Builder, r *secretsync.Report) {
	for _, group := range groupActions(r.Actions, storeName, undone) {
		switch {
		case group.Result == secretsync.Deleted:
			fmt.Fprintf(b, "  x deleted   %s\n", group)
		case undone(group.Action):
			fmt.Fprintf(b, "  ! %-9s %s: %s\n", group.Result, group, Safe(group.Reason))
		}
	}
}

// resultCounts returns the counts of a sync. It names rare results only if there are
// any. The verb formats the counts of the others, except unchanged and skipped ones.
func resultCounts(r *secretsync.Report, verb string) string {
	var parts []string
	for _, c := range []struct {
		result secretsync.Result
		verb   string
		rare   bool
	}{
		{secretsync.Created, verb, false},
		{secretsync.Overwritten, verb, false},
		{secretsync.Unchanged, "%d", false},
		{secretsync.Deleted, verb, true},
		{secretsync.Skipped, "%d", false},
		{secretsync.Failed, verb, false},
		{secretsync.Unknown, verb, true},
	} {
		if n := r.Count(c.result); n > 0 || !c.rare {
			parts = append(parts, fmt.Sprintf(c.verb+" %s", n, c.result))
		}
	}
	return strings.Join(parts, ", ")
}

func verifiedLines(r *secretsync.Report) []string {
	v := r.Verified
	if v == nil {
		return nil
	}
	expected := v.Present + len(v.Missing)
	lines := []string{fmt.Sprintf("%d of %s present", v.Present, Plural(expected, "name"))}
	if gone := r.Count(secretsync.Deleted); gone+len(v.Left) > 0 {
		lines = append(lines, fmt.Sprintf("%d of %s gone", gone, Plural(gone+len(v.Left), "deleted name")))
	}
	if v.Values != nil {
		values := Plural(v.Present, "value")
		lines = append(lines, fmt.Sprintf("%d of %s, read back under the runner key, equal to the source", *v.Values, values))
		if len(v.Different) > 0 {
			lines = append(lines, fmt.Sprintf("the value of %s differs from its source", Safe(Several("names", v.Different))))
		}
	}
	if v.WriterRefused != nil {
		line := "the writing key was NOT refused a value: this store shows secrets to whoever writes them"
		if *v.WriterRefused {
			line = "the writing key was refused a value, as it must be"
		}
		lines = append(lines, line)
	}
	return lines
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

// SkippedText writes why a run was skipped.
func SkippedText(w io.Writer, message string) error {
	_, err := fmt.Fprintf(w, "skipped: %s\n", Safe(message))
	return err
}

// OriginText writes where the key is from and, if url is not empty, where the URL is
// from.
func OriginText(w io.Writer, key, url string) error {
	text := "key: from " + Safe(key) + "\n"
	if url != "" {
		text += "url: from " + Safe(url) + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// target returns the tenant that a plan writes to, and the store's URL.
func target(plan *secretsync.Plan) string {
	label := Safe(tenant.Label(plan.Tenant))
	if plan.URL == "" {
		return label
	}
	return label + " at " + Safe(address.Display(plan.URL))
}

// notes returns all notes of a plan.
func notes(plan *secretsync.Plan) []string {
	all := slices.Concat(plan.Notes, plan.Remarks)
	if plan.KeyNote != "" {
		all = slices.Insert(all, 0, plan.KeyNote)
	}
	return all
}
