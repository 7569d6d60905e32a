package report

import (
	"fmt"
	"strings"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// maxAlike is how many names are shown of those that share a reason.
const maxNames = 5

// alike are actions that ended in the same way, for the same reason.
type actionGroup struct {
	secretsync.Action // the first
	names             []string
}

// grouped joins those actions that may be joined and share a result and a reason.
// Each group stands where its first action does.
func groupActions(actions []secretsync.Action, name func(secretsync.Action) string, may func(secretsync.Action) bool) []*actionGroup {
	type ending struct {
		result secretsync.Result
		reason string
	}
	var groups []*actionGroup
	found := map[ending]*actionGroup{}
	for _, a := range actions {
		end := ending{a.Result, a.Reason}
		group := found[end]
		if group == nil || !may(a) {
			group = &actionGroup{Action: a}
			groups = append(groups, group)
		}
		if may(a) {
			found[end] = group
		}
		group.names = append(group.names, name(a))
	}
	return groups
}

// undone reports whether an action did not do what was planned.
func undone(a secretsync.Action) bool {
	return a.Result == secretsync.Failed || a.Result == secretsync.Unknown || a.Kind == secretsync.Delete && a.Result == secretsync.Skipped
}

func storeName(a secretsync.Action) string { return Safe(a.Name) }

// Several is one name, or how many there are of a thing and the first of them.
func Several(things string, names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	shown, more := names, ""
	if len(names) > maxNames {
		shown, more = names[:maxNames], fmt.Sprintf(" and %d more", len(names)-maxNames)
	}
	return fmt.Sprintf("%d %s (%s%s)", len(names), things, strings.Join(shown, ", "), more)
}

func (g *actionGroup) String() string { return Several("names", g.names) }

// LeftOut are the skips of a plan that may be unintended, a sentence for each reason.
func Omitted(plan *secretsync.Plan) []string {
	var warned []secretsync.Action
	for _, a := range plan.Actions {
		if a.Warn {
			warned = append(warned, a)
		}
	}
	var texts []string
	for _, group := range groupActions(warned, storeName, func(secretsync.Action) bool { return true }) {
		were := "was"
		if len(group.names) > 1 {
			were = "were"
		}
		texts = append(texts, fmt.Sprintf("%s %s left out: %s", group, were, Safe(group.Reason)))
	}
	return texts
}

// Failure is why one tenant's run failed, or that of several.
type Failure struct{ Who, Why string }

// Failures are the errors of tenants, equal ones once. There is an error for each
// name, nil for a tenant that did not fail.
func Failures(names []string, errs []error) []Failure {
	var order []string
	of := map[string][]string{}
	for i, err := range errs {
		if err == nil {
			continue
		}
		why := err.Error()
		if of[why] == nil {
			order = append(order, why)
		}
		of[why] = append(of[why], names[i])
	}
	var failures []Failure
	for _, why := range order {
		who := secretsync.TenantLabel(of[why][0])
		if len(of[why]) > 1 {
			who = Several("tenants", of[why])
		}
		failures = append(failures, Failure{who, why})
	}
	return failures
}

// without are the failures of those tenants that have no outcome.
func failuresWithout(tenants []secretsync.TenantResult, has func(secretsync.TenantResult) bool) []Failure {
	var names []string
	var errs []error
	for _, t := range tenants {
		if !has(t) {
			names, errs = append(names, t.Name), append(errs, t.Err)
		}
	}
	return Failures(names, errs)
}

func hasPlan(t secretsync.TenantResult) bool   { return t.Plan != nil }
func hasReport(t secretsync.TenantResult) bool { return t.Report != nil }
