package actions

import (
	"cmp"
	"encoding/json"
	"os"
	"strconv"
	"strings"
)

// Event is what triggered the workflow run.
type Event struct {
	Owner, Repo string // the repository the workflow runs in
	RepoID      int    // its number at GitHub; 0 if nobody says
	PullRequest int    // its number; 0 if the run is for none
	Commit      string // the pull request's own last commit, else the run's
	// Untrusted is why the run may neither write nor delete, whatever secrets it was
	// given; empty if it may.
	Untrusted string
	// Unsaid is what the runner should have said and did not, where the run counts
	// as trusted in spite of it; empty if it said all.
	Note string
}

// Event reads what the runner says of it, in its variables and in the event's file.
func (r *Runner) Event() Event {
	payload, err := readPayload(r.getenv("GITHUB_EVENT_PATH"))
	repository := r.getenv("GITHUB_REPOSITORY")
	owner, repo, _ := strings.Cut(repository, "/")
	event := Event{Owner: owner, Repo: repo, Commit: r.getenv("GITHUB_SHA")}
	event.RepoID, _ = strconv.Atoi(r.getenv("GITHUB_REPOSITORY_ID"))
	if number, ok := at(payload, "pull_request", "number").(float64); ok {
		sha, _ := at(payload, "pull_request", "head", "sha").(string)
		event.PullRequest, event.Commit = int(number), cmp.Or(sha, event.Commit)
	}
	o := origin{
		event: r.getenv("GITHUB_EVENT_NAME"), actor: r.getenv("GITHUB_ACTOR"), repository: repository,
		payload: payload, payloadErr: err,
	}
	event.Untrusted = o.untrustedReason()
	if event.Untrusted == "" && r.OnGitHub() {
		event.Note = o.missingVariable()
	}
	return event
}

// readPayload reads an event's file as whatever JSON it is.
func readPayload(path string) (payload any, err error) {
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &payload)
	}
	return payload, err
}

// at is what stands at a path of objects; nil where nothing does, or where one of
// them is not an object.
func at(payload any, path ...string) any {
	for _, key := range path {
		object, _ := payload.(map[string]any)
		payload = object[key]
	}
	return payload
}
