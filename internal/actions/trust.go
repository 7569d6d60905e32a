package actions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// dependabot is the login of GitHub's Dependabot.
const dependabot = "dependabot[bot]"

// dependabotSecretEvents are the events for which GitHub gives a run the secrets of the
// Dependabot store if Dependabot is the actor, even if a person runs it again (GitHub,
// "Troubleshooting Dependabot on GitHub Actions").
var dependabotSecretEvents = []string{
	"pull_request", "pull_request_review", "pull_request_review_comment",
	"push", "create", "deployment", "deployment_status",
}

const dependabotSecrets = ", so GitHub gave it the secrets of the Dependabot store and not the repository's own"

// origin describes where a run comes from.
type origin struct {
	event      string // its name; empty if the runner does not say
	actor      string // who started the first attempt; who runs it again does not count
	repository string // the workflow's own
	payload    any
	payloadErr error // why there is no payload
}

// untrustedReason returns why a run may neither write nor delete, or "" if it may. Only
// what is certain is trusted: if a part of the payload is missing, or not what GitHub
// sends, the run counts as one for another repository.
func (o origin) untrustedReason() string {
	ofPullRequest, ofWorkflowRun := strings.HasPrefix(o.event, "pull_request"), o.event == "workflow_run"
	switch {
	case o.actor == dependabot && (o.event == "" || slices.Contains(dependabotSecretEvents, o.event)):
		return dependabot + " started this run" + dependabotSecrets
	case o.payloadErr != nil && (ofPullRequest || ofWorkflowRun):
		return "the file of GITHUB_EVENT_PATH cannot be read as JSON, so nothing says which repository this run of " +
			report.Safe(o.event) + " is for"
	}
	if ofPullRequest || at(o.payload, "pull_request") != nil {
		if why := o.pullRequestReason(); why != "" {
			return why
		}
	}
	if ofWorkflowRun || at(o.payload, "workflow_run") != nil {
		return o.foreignReason("a workflow run", "workflow_run", "head_repository", "full_name")
	}
	return ""
}

// pullRequestReason returns why a run for a pull request is untrusted, or "". For
// pull_request_target it depends on the author, as GitHub's choice of secrets does.
func (o origin) pullRequestReason() string {
	if o.event == "pull_request_target" {
		switch author, ok := at(o.payload, "pull_request", "user", "login").(string); {
		case !ok:
			return "the event does not say who opened the pull request, so nothing says whose secrets these are"
		case author == dependabot:
			return dependabot + " opened the pull request of this run" + dependabotSecrets
		}
	}
	return o.foreignReason("a pull request", "pull_request", "head", "repo", "full_name")
}

// foreignReason returns why a run is untrusted if the repository at a path of the
// payload is not the workflow's own, or "" if it is. GitHub ignores the case of names.
func (o origin) foreignReason(what string, path ...string) string {
	switch from, ok := at(o.payload, path...).(string); {
	case !ok || from == "":
		return fmt.Sprintf("this run is for %s from a repository that is gone or that the event does not name, %s",
			what, o.whoseSecrets())
	case !strings.EqualFold(from, o.repository):
		return fmt.Sprintf("this run is for %s from another repository, %s, %s",
			what, report.Safe(from), o.whoseSecrets())
	}
	return ""
}

// whoseSecrets says whose secrets a run for another repository has.
func (o origin) whoseSecrets() string {
	if o.event == "pull_request_target" || o.event == "workflow_run" {
		return "though GitHub gave it this repository's secrets"
	}
	return "so GitHub gave it the secrets of a fork's run"
}

// missingVariable returns a note about a variable that GitHub always sets and this
// runner did not, or "".
func (o origin) missingVariable() string {
	for _, v := range []struct{ name, value string }{{"GITHUB_EVENT_NAME", o.event}, {"GITHUB_ACTOR", o.actor}} {
		if v.value == "" {
			return v.name + " is not set, so this run counts as one that a person started; " +
				"pass it on to have runs of forks and of Dependabot skipped"
		}
	}
	return ""
}
