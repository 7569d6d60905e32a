package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// PlanMarkdown returns the plan of each tenant, for a job summary or a comment.
func PlanMarkdown(tenants []secretsync.TenantResult) string {
	var b strings.Builder
	b.WriteString("### Prefect secrets: plan\n\n")
	for _, t := range tenants {
		if t.Plan == nil {
			continue
		}
		tenantMarkdown(&b, t, planCounts(t.Plan, "**%d**"))
		table(&b, []string{"action", "name", "note"}, t.Plan.Actions, func(a secretsync.Action) []string {
			return []string{string(a.Kind), cell(displayName(a)), cell(a.Reason)}
		})
		b.WriteString("\n")
	}
	failedMarkdown(&b, failuresWithout(tenants, hasPlan))
	return b.String()
}

// tenantMarkdown writes the text above a tenant's table: what a reader should know
// first, the counts, warnings and notes.
func tenantMarkdown(b *strings.Builder, t secretsync.TenantResult, counts string) {
	for _, line := range t.Plan.FirstLines() {
		fmt.Fprintf(b, "**%s.**\n\n", cell(line))
	}
	fmt.Fprintf(b, "%s: %s.\n\n", targetMarkdown(t), counts)
	for _, warning := range t.Plan.Warnings {
		fmt.Fprintf(b, "**Warning**: %s\n\n", cell(warning))
	}
	for _, note := range notes(t.Plan) {
		fmt.Fprintf(b, "Note: %s.\n\n", cell(note))
	}
}

func failedMarkdown(b *strings.Builder, failures []Failure) {
	for _, f := range failures {
		fmt.Fprintf(b, "%s: **failed**: %s.\n\n", cell(strings.ToUpper(f.Who[:1])+f.Who[1:]), cell(f.Why))
	}
}

// ResultMarkdown returns what a sync did for each tenant, for a job summary.
func ResultMarkdown(tenants []secretsync.TenantResult) string {
	var b strings.Builder
	b.WriteString("### Prefect secrets: sync\n\n")
	for _, t := range tenants {
		if t.Report == nil {
			continue
		}
		tenantMarkdown(&b, t, resultCounts(t.Report, "**%d**"))
		for _, line := range verifiedLines(t.Report) {
			fmt.Fprintf(&b, "- Verified: %s\n", cell(line))
		}
		b.WriteString("\n")
		groups := groupActions(t.Report.Actions, displayName, undone)
		table(&b, []string{"result", "name", "note"}, groups, func(group *actionGroup) []string {
			return []string{string(group.Result), cell(group.String()), cell(group.Reason)}
		})
		b.WriteString("\n")
	}
	failedMarkdown(&b, failuresWithout(tenants, hasReport))
	return b.String()
}

// DiagnosticsMarkdown returns the findings of check, errors first, for a job summary or
// a comment.
func DiagnosticsMarkdown(diagnostics []check.Diagnostic, files int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Prefect secrets: check\n\n%s.\n\n", Counts(diagnostics, files))
	if len(diagnostics) > 0 {
		head := []string{"where", "severity", "rule", "finding"}
		table(&b, head, ErrorsFirst(diagnostics), func(d check.Diagnostic) []string {
			return []string{code(position(d)), string(d.Severity), fmt.Sprintf("[%s](%s)", d.Rule, d.Help), finding(d)}
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

// MaxComment is the longest comment on GitHub, in characters (its API refuses 65,537
// with "body is too long").
const MaxComment = 65536

// DiagnosticsComment writes DiagnosticsMarkdown, cut to the length of a comment on
// GitHub.
func DiagnosticsComment(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	const note = "\n\nThere is more than a comment can hold; the format text has all of it.\n"
	_, err := io.WriteString(w, CutLines(DiagnosticsMarkdown(diagnostics, files), MaxComment, note))
	return err
}

// CutLines returns text if it has at most limit bytes. Else it returns the first
// complete lines, and the note, which says that something is missing: together at most
// limit bytes.
func CutLines(text string, limit int, note string) string {
	if len(text) <= limit {
		return text
	}
	head := text[:limit-len(note)]
	return head[:strings.LastIndexByte(head, '\n')+1] + note
}

func table[T any](b *strings.Builder, head []string, rows []T, cells func(T) []string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells(row), " | "))
	}
}

// markup escapes the characters that could leave a table cell or format text. It uses
// character references, which CommonMark does not treat as markup (0.31, 2.5), and for
// the dollar sign, which begins mathematics, the escape in GitHub's documentation.
var markup = []string{
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "\\", "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
	"~", "&#126;", "[", "&#91;", "]", "&#93;", "!", "&#33;", "$", "<span>$</span>",
}

// breaks puts a zero-width space into addresses, mentions, numbers of issues and names
// of emoji, so that GitHub does not see them.
var breaks = []string{"@", "@\u200b", "#", "#\u200b", ":", ":\u200b", "www.", "www\u200b.", "GH-", "GH\u200b-"}

var (
	cellEscapes = strings.NewReplacer(slices.Concat(markup, breaks)...)
	codeEscapes = strings.NewReplacer(slices.Concat(markup, []string{":", "&#58;", ".", "&#46;", "@", "@\u200b"})...)
)

// cell escapes text so that it can neither leave its table cell nor format, link or
// mention anything.
func cell(text string) string { return cellEscapes.Replace(Safe(text)) }

// code escapes text as code in a table cell, for readers to copy. Only an @ needs a
// zero-width space there.
func code(text string) string { return "<code>" + codeEscapes.Replace(text) + "</code>" }

// codeSpan returns text as a code span, in which GitHub looks for no link or mention.
func codeSpan(text string) string { return "`" + strings.ReplaceAll(Safe(text), "`", "'") + "`" }

// targetMarkdown returns the tenant and the store's URL, for the beginning of a
// sentence.
func targetMarkdown(t secretsync.TenantResult) string {
	label := tenant.Label(t.Name)
	label = strings.ToUpper(label[:1]) + cell(label[1:])
	if t.Plan == nil || t.Plan.URL == "" {
		return label
	}
	return label + " at " + codeSpan(address.Display(t.Plan.URL))
}

// SkippedMarkdown returns why a run was skipped, for a job summary or a comment.
func SkippedMarkdown(message string) string {
	return fmt.Sprintf("### Prefect secrets: skipped\n\n**Skipped**: %s.\n", cell(message))
}
