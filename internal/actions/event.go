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
	Untrusted   bool   // a fork's pull request, or Dependabot: GitHub passes no secrets
}

// Event reads what the runner tells of it. Without an event file it is the zero
// Event.
func (r *Runner) Event() Event {
	var payload struct {
		PullRequest struct {
			Number int `json:"number"`
			Head   struct {
				SHA  string `json:"sha"`
				Repo *struct {
					FullName string `json:"full_name"`
				} `json:"repo"`
			} `json:"head"`
		} `json:"pull_request"`
	}
	data, err := os.ReadFile(r.getenv("GITHUB_EVENT_PATH"))
	if err == nil {
		err = json.Unmarshal(data, &payload)
	}
	repository := r.getenv("GITHUB_REPOSITORY")
	owner, repo, _ := strings.Cut(repository, "/")
	event := Event{Owner: owner, Repo: repo, Commit: r.getenv("GITHUB_SHA"), Untrusted: r.getenv("GITHUB_ACTOR") == "dependabot[bot]"}
	event.RepoID, _ = strconv.Atoi(r.getenv("GITHUB_REPOSITORY_ID"))
	if err != nil || payload.PullRequest.Number == 0 {
		return event
	}
	event.PullRequest = payload.PullRequest.Number
	event.Commit = cmp.Or(payload.PullRequest.Head.SHA, event.Commit)
	head := payload.PullRequest.Head.Repo
	if head == nil || head.FullName != repository {
		event.Untrusted = true
	}
	return event
}
