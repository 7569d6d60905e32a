package actions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Payloads of events for the repository o/r.
const (
	own       = `{"number": 7, "user": {"login": "anna"}, "head": {"sha": "abc", "repo": {"full_name": "o/r"}}}`
	ofFork    = `{"number": 7, "user": {"login": "anna"}, "head": {"sha": "abc", "repo": {"full_name": "stranger/r"}}}`
	ofGone    = `{"number": 7, "user": {"login": "anna"}, "head": {"sha": "abc", "repo": null}}`
	byBot     = `{"number": 7, "user": {"login": "dependabot[bot]"}, "head": {"sha": "abc", "repo": {"full_name": "o/r"}}}`
	ofNobody  = `{"number": 7, "head": {"sha": "abc", "repo": {"full_name": "o/r"}}}`
	someEvent = `{"ref": "refs/heads/main"}`
)

func pull(pull string) string { return `{"pull_request": ` + pull + `}` }

func TestWhichRunsAreTrusted(t *testing.T) {
	tests := []struct {
		event, actor, payload string
		says                  string // empty for a trusted run
	}{
		// Dependabot's own runs have the Dependabot store's secrets.
		{"push", dependabot, someEvent, "secrets of the Dependabot store"},
		{"create", dependabot, someEvent, "secrets of the Dependabot store"},
		{"deployment", dependabot, someEvent, "secrets of the Dependabot store"},
		{"deployment_status", dependabot, someEvent, "secrets of the Dependabot store"},
		{"pull_request", dependabot, pull(byBot), "secrets of the Dependabot store"},
		{"pull_request_review", dependabot, pull(byBot), "secrets of the Dependabot store"},
		{"pull_request_review_comment", dependabot, pull(byBot), "secrets of the Dependabot store"},
		{"", dependabot, someEvent, "secrets of the Dependabot store"},
		{"push", dependabot, "", "secrets of the Dependabot store"},

		// The other events of Dependabot's have the repository's.
		{"workflow_dispatch", dependabot, someEvent, ""},
		{"issue_comment", dependabot, `{"issue": {"number": 7, "pull_request": {}}}`, ""},
		{"workflow_run", dependabot, `{"workflow_run": {"head_repository": {"full_name": "o/r"}}}`, ""},
		{"merge_group", dependabot, someEvent, ""},

		// A person on Dependabot's branch, and a person's merge of it.
		{"pull_request", "anna", pull(byBot), ""},
		{"push", "anna", someEvent, ""},
		{"push", "someone-else[bot]", someEvent, ""},

		// pull_request_target goes by the author.
		{"pull_request_target", "anna", pull(byBot), "opened the pull request"},
		{"pull_request_target", dependabot, pull(byBot), "opened the pull request"},
		{"pull_request_target", "anna", pull(own), ""},
		{"pull_request_target", dependabot, pull(own), ""},
		{"pull_request_target", "anna", pull(ofFork), "another repository, stranger/r, though GitHub gave it this repository's secrets"},
		{"pull_request_target", "anna", pull(ofNobody), "does not say who opened"},

		// Another repository, or one that is gone.
		{"pull_request", "anna", pull(own), ""},
		{"pull_request", "anna", pull(strings.Replace(own, "o/r", "O/R", 1)), ""},
		{"pull_request", "anna", pull(ofFork), "another repository, stranger/r, so GitHub gave it the secrets of a fork's run"},
		{"pull_request", "anna", pull(ofGone), "gone"},
		{"pull_request_review", "anna", pull(ofFork), "another repository"},
		{"anything_else", "anna", pull(ofFork), "another repository"},
		{"", "anna", pull(ofFork), "another repository"},
		{"workflow_run", "anna", `{"workflow_run": {"head_repository": {"full_name": "o/r"}}}`, ""},
		{"workflow_run", "anna", `{"workflow_run": {"head_repository": {"full_name": "stranger/r"}}}`, "another repository, stranger/r"},
		{"workflow_run", "anna", `{"workflow_run": {"head_repository": null}}`, "gone"},
		{"check_run", "anna", `{"workflow_run": {"head_repository": null}}`, "gone"},
		{"check_run", "anna", `{"workflow_run": null, "pull_request": null}`, ""},

		// What GitHub does not send.
		{"pull_request", "anna", `{"pull_request": "7"}`, "gone"},
		{"push", "anna", `{"pull_request": "7"}`, "gone"},
		{"pull_request", "anna", `{"pull_request": {"number": "7", "head": {"repo": {"full_name": "stranger/r"}}}}`, "another repository"},
		{"pull_request", "anna", `{"pull_request": {"head": "o/r"}}`, "gone"},
		{"pull_request", "anna", `{"pull_request": {"head": {"repo": {"full_name": ["o/r"]}}}}`, "gone"},
		{"pull_request", "anna", `{"pull_request": {"head": {"repo": {"full_name": ""}}}}`, "gone"},
		{"pull_request", "anna", `[]`, "gone"},
		{"pull_request", "anna", `null`, "gone"},
		{"pull_request_target", "anna", `{"pull_request": {"user": "anna", "head": {"repo": {"full_name": "o/r"}}}}`, "does not say who opened"},
		{"workflow_run", "anna", `{"workflow_run": ["o/r"]}`, "gone"},
		{"workflow_run", "anna", someEvent, "gone"},

		// No file, or none that is JSON, counts where it would be needed.
		{"pull_request", "anna", "", "GITHUB_EVENT_PATH cannot be read"},
		{"pull_request_target", "anna", "{", "GITHUB_EVENT_PATH cannot be read"},
		{"pull_request", "anna", pull(own) + "x", "GITHUB_EVENT_PATH cannot be read"},
		{"workflow_run", "anna", "", "GITHUB_EVENT_PATH cannot be read"},
		{"push", "anna", "", ""},
		{"schedule", "anna", "{", ""},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "event.json")
		if tt.payload != "" {
			if err := os.WriteFile(path, []byte(tt.payload), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		event := newRunner(new(strings.Builder), []string{
			"GITHUB_EVENT_NAME=" + tt.event, "GITHUB_ACTOR=" + tt.actor, "GITHUB_REPOSITORY=o/r", "GITHUB_EVENT_PATH=" + path,
			// A person who runs it again changes nothing.
			"GITHUB_TRIGGERING_ACTOR=anna",
		}).Event()
		if (event.Untrusted == "") != (tt.says == "") || !strings.Contains(event.Untrusted, tt.says) {
			t.Errorf("%s by %s with %s: %q, want %q", tt.event, tt.actor, tt.payload, event.Untrusted, tt.says)
		}
	}
}

func TestEventOfAPullRequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(pull(own)), 0o600); err != nil {
		t.Fatal(err)
	}
	event := newRunner(new(strings.Builder), []string{
		"GITHUB_EVENT_NAME=pull_request", "GITHUB_REPOSITORY=o/r", "GITHUB_REPOSITORY_ID=42", "GITHUB_SHA=merge", "GITHUB_EVENT_PATH=" + path,
	}).Event()
	if want := (Event{Owner: "o", Repo: "r", RepoID: 42, PullRequest: 7, Commit: "abc"}); event != want {
		t.Errorf("got %+v, want %+v", event, want)
	}
}

// A runner that does not say what GitHub's does is not trusted in silence.
func TestWhatARunnerLeavesUnsaid(t *testing.T) {
	for unsaid, env := range map[string][]string{
		"GITHUB_EVENT_NAME is not set": {"GITHUB_ACTIONS=true", "GITHUB_ACTOR=anna"},
		"GITHUB_ACTOR is not set":      {"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push"},
		"":                             {"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push", "GITHUB_ACTOR=anna"},
	} {
		event := newRunner(new(strings.Builder), env).Event()
		if (unsaid == "") != (event.Note == "") || !strings.HasPrefix(event.Note, unsaid) || event.Untrusted != "" {
			t.Errorf("%v: %+v", env, event)
		}
	}
	if event := newRunner(new(strings.Builder), nil).Event(); event != (Event{}) {
		t.Errorf("outside GitHub: %+v", event)
	}
}
