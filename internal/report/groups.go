package report

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// maxNames is how many names of a group are listed.
const maxNames = 5

// actionGroup is a group of actions that had the same result for the same reason.
type actionGroup struct {
	secretsync.Action // the first
	names             []string
}

// groupActions groups actions by result and reason, in the order of each group's first.
// An action for which joinable returns false is a group of its own.
func groupActions(actions []secretsync.Action, name func(secretsync.Action) string, joinable func(secretsync.Action) bool) []*actionGroup {
	type outcome struct {
		result secretsync.Result
		reason string
	}
	var groups []*actionGroup
	byOutcome := map[outcome]*actionGroup{}
	for _, a := range actions {
		key := outcome{a.Result, a.Reason}
		group := byOutcome[key]
		if group == nil || !joinable(a) {
			group = &actionGroup{Action: a}
			groups = append(groups, group)
		}
		if joinable(a) {
			byOutcome[key] = group
		}
		group.names = append(group.names, name(a))
	}
	return groups
}

// undone reports whether an action did not do what was planned.
func undone(a secretsync.Action) bool {
	return a.Result == secretsync.Failed || a.Result == secretsync.Unknown ||
		a.Kind == secretsync.Delete && a.Result == secretsync.Skipped
}

func storeName(a secretsync.Action) string { return Safe(a.Name) }

// Several returns the only name, or the number of names and the first of them.
func Several(things string, names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	listed, more := names, ""
	if len(names) > maxNames {
		listed, more = names[:maxNames], fmt.Sprintf(" and %d more", len(names)-maxNames)
	}
	return fmt.Sprintf("%d %s (%s%s)", len(names), things, strings.Join(listed, ", "), more)
}

func (g *actionGroup) String() string { return Several("names", g.names) }

// Omitted returns a sentence for each reason why a plan skips names, if that may be
// unintended.
func Omitted(plan *secretsync.Plan) []string {
	var warned []secretsync.Action
	for _, a := range plan.Actions {
		if a.Warn {
			warned = append(warned, a)
		}
	}
	var texts []string
	always := func(secretsync.Action) bool { return true }
	for _, group := range groupActions(warned, storeName, always) {
		were := "was"
		if len(group.names) > 1 {
			were = "were"
		}
		texts = append(texts, fmt.Sprintf("%s %s left out: %s", group, were, Safe(group.Reason)))
	}
	return texts
}

// Failure is an error of one tenant's run, or of several.
type Failure struct{ Who, Why string }

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
		failures = append(failures, Failure{who, why})
	}
	return failures
}

// failuresWithout returns the failures of the tenants for which has returns false.
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
