package report

import (
	"fmt"
	"html"
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

// DiagnosticsMarkdown is what check found, for a job summary.
func DiagnosticsMarkdown(diagnostics []check.Diagnostic, files int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Prefect secrets: check\n\n%s.\n\n", cell(countsLine(diagnostics, files)))
	if len(diagnostics) > 0 {
		table(&b, []string{"where", "severity", "rule", "finding"}, diagnostics, func(d check.Diagnostic) []string {
			return []string{cell(place(d)), string(d.Severity), d.Rule, cell(d.Message)}
		})
	}
	return b.String()
}

func table[T any](b *strings.Builder, head []string, rows []T, cells func(T) []string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells(row), " | "))
	}
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "@", "@\u200b", "://", ":\u200b//", "#", "#\u200b", "\\", `\\`)

// cell is text that can neither leave its table cell nor format, link or mention:
// what would start a link or a mention is broken by a space of no width.
func cell(text string) string {
	return markdownEscapes.Replace(html.EscapeString(Safe(text)))
}
