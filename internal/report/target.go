package report

import (
	"slices"
	"strings"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// target is the tenant that a plan writes to, and the store's URL.
func target(plan *secretsync.Plan) string {
	label := Safe(secretsync.TenantLabel(plan.Tenant))
	if plan.URL == "" {
		return label
	}
	return label + " at " + Safe(secretsync.ShownURL(plan.URL))
}

// targetMarkdown begins a sentence with what target says.
func targetMarkdown(t secretsync.TenantResult) string {
	label := secretsync.TenantLabel(t.Name)
	label = strings.ToUpper(label[:1]) + cell(label[1:])
	if t.Plan == nil || t.Plan.URL == "" {
		return label
	}
	return label + " at " + codeSpan(secretsync.ShownURL(t.Plan.URL))
}

// codeSpan is text as a code span, in which GitHub finds no link and no mention.
func codeSpan(text string) string { return "`" + strings.ReplaceAll(Safe(text), "`", "'") + "`" }

// notes are what a reader of a plan should know beside its actions.
func notes(plan *secretsync.Plan) []string {
	all := slices.Concat(plan.Notes, plan.Remarks)
	if plan.KeyNote != "" {
		all = slices.Insert(all, 0, plan.KeyNote)
	}
	return all
}
