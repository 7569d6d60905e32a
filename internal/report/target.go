package report

import (
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// target is the tenant that a plan writes to, and the store's URL.
func target(plan *secretsync.Plan) string {
	label := Safe(tenant.Label(plan.Tenant))
	if plan.URL == "" {
		return label
	}
	return label + " at " + Safe(address.Display(plan.URL))
}

// targetMarkdown begins a sentence with what target says.
func targetMarkdown(t secretsync.TenantResult) string {
	label := tenant.Label(t.Name)
	label = strings.ToUpper(label[:1]) + cell(label[1:])
	if t.Plan == nil || t.Plan.URL == "" {
		return label
	}
	return label + " at " + codeSpan(address.Display(t.Plan.URL))
}

// notes are what a reader of a plan should know beside its actions.
func notes(plan *secretsync.Plan) []string {
	all := slices.Concat(plan.Notes, plan.Remarks)
	if plan.KeyNote != "" {
		all = slices.Insert(all, 0, plan.KeyNote)
	}
	return all
}
