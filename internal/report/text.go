package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

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

// maxWarned is how many skips that may be unintended a brief plan shows.
const maxWarned = 5

// Text writes the plan and the result of a run for people.
type Text struct {
	Detail      Detail
	Environment string // of the manifest; empty for none
}

// PlanText writes a plan, a line for each name, and its counts.
func PlanText(w io.Writer, plan *secretsync.Plan) error { return Text{}.Plan(w, plan) }

// Plan writes a plan and its counts. It never leaves out a deletion.
func (t Text) Plan(w io.Writer, plan *secretsync.Plan) error {
	out := terminal.Of(w)
	style := out.Style
	var b strings.Builder
	for _, line := range plan.FirstLines() {
		fmt.Fprintln(&b, style.Yellow(terminal.Wrap(Safe(line), out.Width, 0, 2)))
	}
	fmt.Fprintf(&b, "%s\n", style.Bold(terminal.Wrap("plan for "+t.target(plan), out.Width, 0, 2)))
	t.actions(&b, out, plan.Actions)
	for _, warning := range plan.Warnings {
		b.WriteString(labelled(out, style.BoldYellow("warning:"), "warning: ", Safe(warning)))
	}
	for _, note := range notes(plan) {
		b.WriteString(labelled(out, style.Cyan("note:"), "note: ", Safe(note)))
	}
	b.WriteString(countsLine(out, "plan", planCounts(plan, "%d")))
	_, err := io.WriteString(w, b.String())
	return err
}

// actions writes a line for each action that is shown, and the numbers of the others.
func (t Text) actions(b *strings.Builder, out terminal.Output, actions []secretsync.Action) {
	total, shown := map[string]int{}, map[string]int{}
	for _, a := range actions {
		total[foldedWords(a)]++
	}
	width := nameWidth(out, actions)
	for _, a := range actions {
		words := foldedWords(a)
		limit := t.limit(a)
		if total[words] == limit+1 && t.Detail == Folded {
			limit++ // one line more says as much as the number
		}
		if shown[words] == limit {
			continue
		}
		shown[words]++
		b.WriteString(planLine(out, a, width))
	}
	t.left(b, out, total, shown)
}

// left writes how many actions are not shown.
func (t Text) left(b *strings.Builder, out terminal.Output, total, shown map[string]int) {
	for _, kind := range []secretsync.Kind{secretsync.Create, secretsync.Overwrite, secretsync.Keep, secretsync.Skip} {
		for _, warn := range []bool{false, true} {
			words := foldedWords(secretsync.Action{Kind: kind, Warn: warn})
			if n := total[words] - shown[words]; n > 0 && (t.Detail == Folded || warn) {
				fmt.Fprintln(b, out.Style.Dim(fmt.Sprintf("  … and %s more %s (-v shows all)", thousands(n), words)))
			}
		}
	}
}

// limit returns how many actions of the same kind as a are shown.
func (t Text) limit(a secretsync.Action) int {
	switch {
	case t.Detail == Full, a.Kind == secretsync.Delete:
		return math.MaxInt
	case t.Detail == Folded:
		return maxLines
	case a.Warn:
		return maxWarned
	}
	return 0
}

// foldedWords returns what the line for actions that are not shown says about them.
func foldedWords(a secretsync.Action) string {
	switch {
	case a.Warn && a.Kind == secretsync.Skip:
		return "skipped, perhaps by mistake"
	case a.Kind == secretsync.Create:
		return "to create"
	case a.Kind == secretsync.Overwrite:
		return "to overwrite"
	case a.Kind == secretsync.Keep:
		return "unchanged"
	case a.Kind == secretsync.Skip:
		return "skipped"
	}
	return string(a.Kind)
}

// planLine returns the line of one action. On a terminal the reason stays in its column,
// on the next line if the name is wider than width.
func planLine(out terminal.Output, a secretsync.Action, width int) string {
	mark := fmt.Sprintf("%s %-9s", planMark(a), a.Kind)
	name := terminal.Pad(displayName(a), width)
	column := 2 + terminal.Columns(mark) + 1 + width + 2
	reason := Safe(a.Reason)
	switch {
	case out.Width > 0 && terminal.Columns(name) > width:
		column = min(column, max(4, out.Width-terminal.Columns(reason)))
		reason = terminal.Wrap(reason, out.Width, column, column)
		name += "\n" + strings.Repeat(" ", column-2)
	case out.Width > column+minReason:
		reason = terminal.Wrap(reason, out.Width, column, column)
	}
	colour := kindColour(out.Style, a)
	if a.Kind == secretsync.Skip || a.Kind == secretsync.Keep {
		if !a.Warn {
			return colour(strings.TrimRight("  "+mark+" "+name+"  "+reason, " \n")) + "\n"
		}
	}
	line := "  " + colour(mark) + " " + name
	if reason == "" {
		return strings.TrimRight(line, " \n") + "\n"
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
	return label + " " + terminal.Wrap(text, out.Width, terminal.Columns(plain), 2) + "\n"
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

// countsLine returns a line of counts behind its head. On a terminal it is broken between
// two counts.
func countsLine(out terminal.Output, head, counts string) string {
	colour := func(count string) string { return colourCount(out.Style, count) }
	line := terminal.WrapParts(strings.Split(counts, ", "), ", ", out.Width, terminal.Columns(head)+2, 2, colour)
	return out.Style.Bold(head+":") + " " + line + "\n"
}

// colourCount colours a count, such as "2 failed", unless it is 0.
func colourCount(style terminal.Style, count string) string {
	colour := countColours[count[strings.LastIndexByte(count, ' ')+1:]]
	if colour == nil || strings.HasPrefix(count, "0 ") {
		return count
	}
	return colour(style, count)
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

// The limits of the column of names. One long name does not push every reason off the
// screen.
const (
	maxNameWidth = 40
	minNameWidth = 16
)

// besideName is how many columns a plan's line has beside the name: the action, the
// spaces, and a reason of a few words.
const besideName = 46

// nameWidth returns the width of the column of names: that of the widest name, which on
// a terminal leaves out those that are too wide.
func nameWidth(out terminal.Output, actions []secretsync.Action) int {
	limit := maxNameWidth
	if out.Width > 0 {
		limit = min(limit, max(minNameWidth, out.Width-besideName))
	}
	width := 0
	for _, a := range actions {
		n := terminal.Columns(displayName(a))
		if out.Width == 0 {
			n = min(n, limit)
		}
		if n <= limit {
			width = max(width, n)
		}
	}
	return width
}

// ResultText writes what a sync did for each tenant, and what was verified afterwards.
// All tenants together took that many requests.
func ResultText(w io.Writer, tenants []secretsync.TenantResult, requests int64) error {
	return Text{Detail: Folded}.Result(w, tenants, requests)
}

// Result is [ResultText]. In full detail it lists every name of equal failures.
func (t Text) Result(w io.Writer, tenants []secretsync.TenantResult, requests int64) error {
	out := terminal.Of(w)
	style := out.Style
	var b strings.Builder
	for _, result := range tenants {
		head := "result"
		if len(tenants) > 1 {
			head += " for " + Safe(tenant.Label(result.Name))
		}
		if result.Report == nil {
			continue
		}
		t.undone(&b, out, result.Report)
		counts := resultCounts(result.Report, "%d")
		if len(tenants) == 1 {
			counts += ", in " + Plural(int(requests), "request")
		}
		b.WriteString(countsLine(out, head, counts))
		for _, line := range verifiedLines(result.Report) {
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

// undone writes the actions that were not done, equal failures on one line, and each
// deletion.
func (t Text) undone(b *strings.Builder, out terminal.Output, r *secretsync.Report) {
	style := out.Style
	for _, group := range groupActions(r.Actions, storeName, undone) {
		names := group.String()
		if t.Detail == Full && len(group.names) > 1 {
			names = fmt.Sprintf("%d names (%s)", len(group.names), strings.Join(group.names, ", "))
		}
		switch {
		case group.Result == secretsync.Deleted:
			fmt.Fprintf(b, "  %s %s\n", style.Red("- deleted  "), group)
		case undone(group.Action):
			mark := fmt.Sprintf("! %-9s", group.Result)
			text := terminal.Wrap(names+": "+Safe(group.Reason), out.Width, len(mark)+3, 4)
			fmt.Fprintf(b, "  %s %s\n", style.BoldRed(mark), text)
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
	var lines []string
	if expected := v.Present + len(v.Missing); expected > 0 {
		lines = append(lines, fmt.Sprintf("%d of %s present", v.Present, Plural(expected, "name")))
	}
	if gone := r.Count(secretsync.Deleted); gone+len(v.Left) > 0 {
		lines = append(lines, fmt.Sprintf("%d of %s gone", gone, Plural(gone+len(v.Left), "deleted name")))
	}
	if v.Values != nil && v.Present > 0 {
		values := Plural(v.Present, "value")
		key := "the runner key"
		if v.ByWriter {
			key = "the writing key"
		}
		lines = append(lines, fmt.Sprintf("%d of %s, read back under %s, equal to the source", *v.Values, values, key))
		if len(v.Different) > 0 {
			lines = append(lines, fmt.Sprintf("the value of %s differs from its source", Safe(Several("names", v.Different))))
		}
	}
	if len(v.Unreadable) > 0 {
		lines = append(lines, fmt.Sprintf("the store hides the value of %s from the writing key: not compared", Safe(Several("names", v.Unreadable))))
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

// OriginText writes where the key is from, which is empty for none, the note on other
// keys, and, if url is not empty, where the URL is from.
func OriginText(w io.Writer, key, note, url string) error {
	style := terminal.Of(w).Style
	from := "none"
	if key != "" {
		from = "from " + key
	}
	if note != "" {
		from += "; " + note
	}
	text := style.Dim("key: "+Safe(from)) + "\n"
	if url != "" {
		text += style.Dim("url: from "+Safe(url)) + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// target returns the tenant that a plan writes to, the store's URL, and the manifest's
// environment.
func (t Text) target(plan *secretsync.Plan) string {
	label := Safe(plan.Target())
	if plan.URL != "" {
		label += " at " + Safe(address.Display(plan.URL))
	}
	if t.Environment != "" {
		label += ", environment " + Safe(t.Environment)
	}
	return label
}

// notes returns all notes of a plan.
func notes(plan *secretsync.Plan) []string {
	all := slices.Concat(plan.Notes, plan.Remarks)
	if plan.KeyNote != "" {
		all = slices.Insert(all, 0, plan.KeyNote)
	}
	return all
}
