package actions

import (
	"encoding/json"
	"os"
	"strings"
)

// Event is what triggered the workflow run.
type Event struct {
	Owner, Repo string // the repository the workflow runs in
	PullRequest int    // its number; 0 if the run is for none
	Untrusted   bool   // a fork's pull request, or Dependabot: GitHub passes no secrets
}

// Event reads what the runner tells of it. Without an event file it is the zero
// Event.
func (r *Runner) Event() Event {
	var payload struct {
		PullRequest struct {
			Number int `json:"number"`
			Head   struct {
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
	event := Event{Owner: owner, Repo: repo, Untrusted: r.getenv("GITHUB_ACTOR") == "dependabot[bot]"}
	if err != nil || payload.PullRequest.Number == 0 {
		return event
	}
	event.PullRequest = payload.PullRequest.Number
	head := payload.PullRequest.Head.Repo
	if head == nil || head.FullName != repository {
		event.Untrusted = true
	}
	return event
}
