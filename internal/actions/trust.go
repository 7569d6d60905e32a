package actions

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
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

// Which run may write instead of an untrusted one.
const (
	afterPerson = "The next run that a person starts on this branch is not skipped."
	afterMerge  = "A run after the merge is not skipped."
	afterMove   = "A run is not skipped once the change is in this repository."
)

// untrusted returns why a run may neither write nor delete. Only what is certain is
// trusted: if a part of the payload is missing, or not what GitHub sends, the run counts
// as one for another repository.
func (o origin) untrusted() run.Untrusted {
	ofPullRequest, ofWorkflowRun := strings.HasPrefix(o.event, "pull_request"), o.event == "workflow_run"
	switch {
	case o.actor == dependabot && (o.event == "" || slices.Contains(dependabotSecretEvents, o.event)):
		return run.Untrusted{Why: dependabot + " started this run" + dependabotSecrets, Later: afterPerson}
	case o.payloadErr != nil && (ofPullRequest || ofWorkflowRun):
		return run.Untrusted{Why: "the file of GITHUB_EVENT_PATH cannot be read as JSON, so nothing says which repository this run of " +
			report.Safe(o.event) + " is for"}
	}
	if ofPullRequest || at(o.payload, "pull_request") != nil {
		if why := o.ofPullRequest(); why.IsTrue() {
			return why
		}
	}
	if ofWorkflowRun || at(o.payload, "workflow_run") != nil {
		return o.foreign("a workflow run", "workflow_run", "head_repository", "full_name")
	}
	return run.Untrusted{}
}

// ofPullRequest returns why a run for a pull request is untrusted. For
// pull_request_target it depends on the author, as GitHub's choice of secrets does.
func (o origin) ofPullRequest() run.Untrusted {
	if o.event == "pull_request_target" {
		switch author, ok := at(o.payload, "pull_request", "user", "login").(string); {
		case !ok:
			return run.Untrusted{Why: "the event does not say who opened the pull request, so nothing says whose secrets these are"}
		case author == dependabot:
			return run.Untrusted{Why: dependabot + " opened the pull request of this run" + dependabotSecrets, Later: afterMerge}
		}
	}
	return o.foreign("a pull request", "pull_request", "head", "repo", "full_name")
}

// foreign returns why a run is untrusted if the repository at a path of the payload is
// not the workflow's own. GitHub ignores the case of names.
func (o origin) foreign(what string, path ...string) run.Untrusted {
	switch from, ok := at(o.payload, path...).(string); {
	case !ok || from == "":
		return run.Untrusted{Why: fmt.Sprintf("this run is for %s from a repository that is gone or that the event does not name, %s",
			what, o.whoseSecrets())}
	case !strings.EqualFold(from, o.repository):
		return run.Untrusted{Why: fmt.Sprintf("this run is for %s from another repository, %s, %s",
			what, strconv.Quote(from), o.whoseSecrets()), Later: afterMove}
	}
	return run.Untrusted{}
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
