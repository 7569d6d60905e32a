package report

import (
	"fmt"
	"strings"

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
