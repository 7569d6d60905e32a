package actions

import (
	"cmp"
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

// Event is what triggered the workflow run.
type Event struct {
	Owner, Repo string // the repository the workflow runs in
	RepoID      int    // its number at GitHub; 0 if unknown
	PullRequest int    // its number; 0 if the run is not for one
	Commit      string // the last commit of the pull request itself, else the run's
	Shown       string // the commit that people know the run by
	// Untrusted is why the run may neither write nor delete, whatever secrets it has.
	Untrusted run.Untrusted
	// Note is about a variable that the runner should have set, if the run is trusted
	// without it; empty if none is missing.
	Note string
}

// Event reads the event from the runner's variables and from the event's file.
func (r *Runner) Event() Event {
	payload, err := readPayload(r.getenv("GITHUB_EVENT_PATH"))
	repository := r.getenv("GITHUB_REPOSITORY")
	owner, repo, _ := strings.Cut(repository, "/")
	event := Event{Owner: owner, Repo: repo, Commit: r.getenv("GITHUB_SHA"), Shown: r.getenv("GITHUB_SHA")}
	event.RepoID, _ = strconv.Atoi(r.getenv("GITHUB_REPOSITORY_ID"))
	if number, ok := at(payload, "pull_request", "number").(float64); ok {
		sha, _ := at(payload, "pull_request", "head", "sha").(string)
		event.PullRequest, event.Commit = int(number), cmp.Or(sha, event.Commit)
		// The commit of a run of pull_request is a merge that nobody knows; that of
		// pull_request_target is the base branch's.
		if r.getenv("GITHUB_EVENT_NAME") != "pull_request_target" {
			event.Shown = event.Commit
		}
	}
	o := origin{
		event: r.getenv("GITHUB_EVENT_NAME"), actor: r.getenv("GITHUB_ACTOR"), repository: repository,
		payload: payload, payloadErr: err,
	}
	event.Untrusted = o.untrusted()
	if !event.Untrusted.IsTrue() && r.OnGitHub() {
		event.Note = o.missingVariable()
	}
	return event
}

// readPayload reads an event's file, which may hold any JSON.
func readPayload(path string) (payload any, err error) {
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &payload)
	}
	return payload, err
}

// at returns the value at a path of keys, or nil if there is none.
func at(payload any, path ...string) any {
	for _, key := range path {
		object, _ := payload.(map[string]any)
		payload = object[key]
	}
	return payload
}
