package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/check"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// PlanMarkdown is a plan for a job summary or a comment.
func PlanMarkdown(plan *secretsync.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Prefect secrets: plan\n\nTenant %s: **%d** to create, **%d** to overwrite, %d skipped.\n\n",
		cell(plan.Tenant), plan.Count(secretsync.Create), plan.Count(secretsync.Overwrite), plan.Count(secretsync.Skip))
	table(&b, []string{"action", "name", "note"}, plan.Actions, func(a secretsync.Action) []string {
		return []string{string(a.Kind), cell(shownName(a)), cell(a.Reason)}
	})
	return b.String()
}

// ResultMarkdown is what a sync did, for a job summary.
func ResultMarkdown(r *secretsync.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Prefect secrets: sync\n\nTenant %s: **%d** created, **%d** overwritten, %d unchanged, %d skipped, **%d** failed.\n\n",
		cell(r.Tenant), r.Count(secretsync.Created), r.Count(secretsync.Overwritten),
		r.Count(secretsync.Unchanged), r.Count(secretsync.Skipped), r.Count(secretsync.Failed))
	for _, line := range verifiedLines(r) {
		fmt.Fprintf(&b, "- Verified: %s\n", cell(line))
	}
	b.WriteString("\n")
	table(&b, []string{"result", "name", "note"}, r.Actions, func(a secretsync.Action) []string {
		return []string{string(a.Result), cell(shownName(a)), cell(a.Reason)}
	})
	return b.String()
}

// DiagnosticsMarkdown is what check found, the gravest first, for a job summary or
// a comment.
func DiagnosticsMarkdown(diagnostics []check.Diagnostic, files int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Prefect secrets: check\n\n%s.\n\n", countsLine(diagnostics, files))
	if len(diagnostics) > 0 {
		table(&b, []string{"where", "severity", "rule", "finding"}, gravestFirst(diagnostics), func(d check.Diagnostic) []string {
			return []string{code(place(d)), string(d.Severity), fmt.Sprintf("[%s](%s)", d.Rule, d.Help), finding(d)}
		})
	}
	return b.String()
}

func finding(d check.Diagnostic) string {
	if d.Hint == "" {
		return cell(d.Message)
	}
	return cell(d.Message) + "<br>" + cell(d.Hint)
}

// MaxComment is how long a comment on GitHub may be, in characters (its API
// refuses 65,537 with "body is too long").
const MaxComment = 65536

// DiagnosticsComment writes DiagnosticsMarkdown, cut to what a comment on GitHub
// may hold.
func DiagnosticsComment(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	const note = "\n\nThere is more than a comment can hold; the format text has all of it.\n"
	_, err := io.WriteString(w, CutLines(DiagnosticsMarkdown(diagnostics, files), MaxComment, note))
	return err
}

// CutLines keeps the first whole lines of a text that is longer than limit, so
// that with the note it has at most limit bytes. The note says that something is
// missing.
func CutLines(text string, limit int, note string) string {
	if len(text) <= limit {
		return text
	}
	kept := text[:limit-len(note)]
	return kept[:strings.LastIndexByte(kept, '\n')+1] + note
}

func table[T any](b *strings.Builder, head []string, rows []T, cells func(T) []string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells(row), " | "))
	}
}

// markup is what could leave a table cell or format text, each as the reference
// that CommonMark takes for no markup (0.31, 2.5); a dollar sign as GitHub's
// documentation keeps it from being mathematics.
var markup = []string{
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
	"~", "&#126;", "[", "&#91;", "]", "&#93;", "!", "&#33;", "$", "<span>$</span>",
}

// breaks keep GitHub from linking, mentioning and drawing: with a space of no
// width in an address, a mention, an issue's number and an emoji's name.
var breaks = []string{"@", "@\u200b", "#", "#\u200b", ":", ":\u200b", "www.", "www\u200b.", "GH-", "GH\u200b-"}

var (
	cellEscapes = strings.NewReplacer(slices.Concat(markup, breaks)...)
	codeEscapes = strings.NewReplacer(slices.Concat(markup, []string{":", "&#58;", ".", "&#46;", "@", "@\u200b"})...)
)

// cell is text that can neither leave its table cell nor format, link or mention.
func cell(text string) string { return cellEscapes.Replace(Safe(text)) }

// code is such a text to be copied, in which GitHub looks for no mention.
func code(text string) string { return "<code>" + codeEscapes.Replace(text) + "</code>" }
