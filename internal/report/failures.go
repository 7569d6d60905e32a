package report

import (
	"cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Failure is an error of one tenant's run, or of several.
type Failure struct {
	Who, Why string
	Tenants  []string // their names, as in Who
}

// Failures returns the errors of tenants, equal ones once. The error of each name has
// the same index; it is nil if the tenant did not fail.
func Failures(names []string, errs []error) []Failure {
	var order []string // of the errors' texts
	tenants := map[string][]string{}
	for i, err := range errs {
		if err == nil {
			continue
		}
		why := err.Error()
		if tenants[why] == nil {
			order = append(order, why)
		}
		tenants[why] = append(tenants[why], names[i])
	}
	var failures []Failure
	for _, why := range order {
		who := tenant.Label(tenants[why][0])
		if len(tenants[why]) > 1 {
			who = Several("tenants", tenants[why])
		}
		failures = append(failures, Failure{who, why, tenants[why]})
	}
	return failures
}

// failuresWithout returns the failures of the tenants for which has returns false. A store
// without tenants is called the store.
func failuresWithout(tenants []secretsync.TenantResult, has func(secretsync.TenantResult) bool) []Failure {
	var names []string
	var errs []error
	for _, t := range tenants {
		if !has(t) {
			names, errs = append(names, t.Name), append(errs, t.Err)
		}
	}
	failures := Failures(names, errs)
	if len(tenants) == 1 && len(failures) == 1 {
		if plan := cmp.Or(tenants[0].Plan, tenants[0].Refused); plan != nil && plan.Tenant == "" {
			failures[0].Who = plan.Target()
		}
	}
	return failures
}

func hasPlan(t secretsync.TenantResult) bool   { return t.Plan != nil }
func hasReport(t secretsync.TenantResult) bool { return t.Report != nil }
