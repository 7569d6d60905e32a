package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var planMarks = map[secretsync.Kind]string{
	secretsync.Create:    "+",
	secretsync.Overwrite: "~",
	secretsync.Delete:    "-",
	secretsync.Skip:      "·",
	secretsync.Keep:      "=",
}

// Detail is how much of a plan is written.
type Detail int

const (
	Full   Detail = iota // every name
	Folded               // at most [maxLines] names of a kind, all deletions and warnings
	Brief                // deletions and warnings
)

// maxLines is how many names of a kind a folded plan shows.
const maxLines = 50

// PlanText writes a plan, a line for each name, and its counts.
func PlanText(w io.Writer, plan *secretsync.Plan) error { return PlanTextIn(w, plan, Full) }

// PlanTextIn is [PlanText] with less detail. It never leaves out a deletion, nor a skip
// that may be unintended.
func PlanTextIn(w io.Writer, plan *secretsync.Plan, detail Detail) error {
	out := terminal.Of(w)
	style := out.Style
	var b strings.Builder
	for _, line := range plan.FirstLines() {
		fmt.Fprintln(&b, style.Yellow(Safe(line)))
	}
	fmt.Fprintf(&b, "%s\n", style.Bold("plan for "+target(plan)))
	width := nameWidth(plan.Actions)
	left := map[secretsync.Kind]int{}
	shown := map[secretsync.Kind]int{}
	for _, a := range plan.Actions {
		if shown[a.Kind]++; isFolded(a, shown[a.Kind], detail) {
			left[a.Kind]++
			continue
		}
		b.WriteString(planLine(out, a, width))
	}
	for _, kind := range []secretsync.Kind{secretsync.Create, secretsync.Overwrite, secretsync.Keep, secretsync.Skip} {
		if n := left[kind]; n > 0 && detail == Folded {
			fmt.Fprintln(&b, style.Dim(fmt.Sprintf("  … and %s more %s (-v shows all)", thousands(n), foldedWords[kind])))
		}
	}
	for _, warning := range plan.Warnings {
		b.WriteString(labelled(out, style.BoldYellow("warning:"), "warning: ", Safe(warning)))
	}
	for _, note := range notes(plan) {
		b.WriteString(labelled(out, style.Cyan("note:"), "note: ", Safe(note)))
	}
	fmt.Fprintf(&b, "%s %s\n", style.Bold("plan:"), colourCounts(style, planCounts(plan, "%d")))
	_, err := io.WriteString(w, b.String())
	return err
}

var foldedWords = map[secretsync.Kind]string{
	secretsync.Create: "to create", secretsync.Overwrite: "to overwrite", secretsync.Keep: "unchanged", secretsync.Skip: "skipped",
}

// isFolded reports whether the nth action of its kind is left out.
func isFolded(a secretsync.Action, n int, detail Detail) bool {
	if a.Warn || a.Kind == secretsync.Delete {
		return false
	}
	return detail == Brief || detail == Folded && n > maxLines
}

// planLine returns the line of one action. On a terminal the reason stays in its column.
func planLine(out terminal.Output, a secretsync.Action, width int) string {
	mark := fmt.Sprintf("%s %-9s", planMark(a), a.Kind)
	name := fmt.Sprintf("%-*s", width, displayName(a))
	column := 2 + utf8.RuneCountInString(mark) + 1 + utf8.RuneCountInString(name) + 2
	reason := Safe(a.Reason)
	if out.Width > column+minReason {
		reason = terminal.Wrap(reason, out.Width, column, column)
	}
	colour := kindColour(out.Style, a)
	if a.Kind == secretsync.Skip || a.Kind == secretsync.Keep {
		if !a.Warn {
			return colour(strings.TrimRight("  "+mark+" "+name+"  "+reason, " ")) + "\n"
		}
	}
	line := "  " + colour(mark) + " " + name
	if reason == "" {
		return strings.TrimRight(line, " ") + "\n"
	}
	return line + "  " + out.Style.Dim(reason) + "\n"
}

// minReason is how many columns a reason needs to be wrapped.
const minReason = 16

// kindColour returns the colour of an action.
func kindColour(style terminal.Style, a secretsync.Action) func(string) string {
	switch {
	case a.Warn:
		return style.BoldYellow
	case a.Kind == secretsync.Create:
		return style.Green
	case a.Kind == secretsync.Overwrite:
		return style.Yellow
	case a.Kind == secretsync.Delete:
		return style.Red
	}
	return style.Dim
}

// labelled returns a line with a label, wrapped on a terminal.
func labelled(out terminal.Output, label, plain, text string) string {
	return label + " " + terminal.Wrap(text, out.Width, utf8.RuneCountInString(plain), 2) + "\n"
}

// countColours are the colours of counts that are not 0, by the word for them.
var countColours = map[string]func(terminal.Style, string) string{
	"create": terminal.Style.Green, "created": terminal.Style.Green,
	"overwrite": terminal.Style.Yellow, "overwritten": terminal.Style.Yellow,
	"delete": terminal.Style.Red, "deleted": terminal.Style.Red,
	"failed": terminal.Style.BoldRed, "unknown": terminal.Style.BoldRed,
	"error": terminal.Style.BoldRed, "errors": terminal.Style.BoldRed,
	"warning": terminal.Style.BoldYellow, "warnings": terminal.Style.BoldYellow,
}

// colourCounts colours the counts in a line, but for those of 0.
func colourCounts(style terminal.Style, counts string) string {
	parts := strings.Split(counts, ", ")
	for i, part := range parts {
		colour := countColours[part[strings.LastIndexByte(part, ' ')+1:]]
		if colour != nil && !strings.HasPrefix(part, "0 ") {
			parts[i] = colour(style, part)
		}
	}
	return strings.Join(parts, ", ")
}

// thousands returns a number with commas, such as 4,950.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
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
	out := terminal.Of(w)
	style := out.Style
	var b strings.Builder
	for _, t := range tenants {
		head := "result"
		if len(tenants) > 1 {
			head += " for " + Safe(tenant.Label(t.Name))
		}
		if t.Report == nil {
			continue
		}
		undoneText(&b, style, t.Report)
		counts := resultCounts(t.Report, "%d")
		if len(tenants) == 1 {
			counts += ", in " + Plural(int(requests), "request")
		}
		counts = terminal.Wrap(counts, out.Width, utf8.RuneCountInString(head)+2, 2)
		fmt.Fprintf(&b, "%s %s\n", style.Bold(head+":"), colourCounts(style, counts))
		for _, line := range verifiedLines(t.Report) {
			b.WriteString(labelled(out, "verified:", "verified: ", line))
		}
	}
	for _, f := range failuresWithout(tenants, hasReport) {
		fmt.Fprintf(&b, "%s %s: %s\n", style.Bold("result for "+Safe(f.Who)+":"), style.BoldRed("failed"), Safe(f.Why))
	}
	if len(tenants) > 1 {
		fmt.Fprintf(&b, "%s, %s\n", Plural(len(tenants), "tenant"), Plural(int(requests), "request"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// undoneText writes the actions that were not done, equal failures on one line, and
// each deletion.
func undoneText(b *strings.Builder, style terminal.Style, r *secretsync.Report) {
	for _, group := range groupActions(r.Actions, storeName, undone) {
		switch {
		case group.Result == secretsync.Deleted:
			fmt.Fprintf(b, "  %s %s\n", style.Red("- deleted  "), group)
		case undone(group.Action):
			mark := fmt.Sprintf("! %-9s", group.Result)
			fmt.Fprintf(b, "  %s %s: %s\n", style.BoldRed(mark), group, Safe(group.Reason))
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
	style := terminal.Of(w).Style
	for _, name := range names {
		if _, err := fmt.Fprintln(w, style.Bold(Safe(name))); err != nil {
			return err
		}
	}
	return nil
}

// SkippedText writes why a run was skipped.
func SkippedText(w io.Writer, message string) error {
	_, err := fmt.Fprintf(w, "%s %s\n", terminal.Of(w).Style.Yellow("skipped:"), Safe(message))
	return err
}

// OriginText writes where the key is from and, if url is not empty, where the URL is
// from.
func OriginText(w io.Writer, key, url string) error {
	style := terminal.Of(w).Style
	text := style.Dim("key: from "+Safe(key)) + "\n"
	if url != "" {
		text += style.Dim("url: from "+Safe(url)) + "\n"
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
