package actions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Payloads of events for the repository o/r.
const (
	ownPull        = `{"number": 7, "user": {"login": "anna"}, "head": {"sha": "abc", "repo": {"full_name": "o/r"}}}`
	forkPull       = `{"number": 7, "user": {"login": "anna"}, "head": {"sha": "abc", "repo": {"full_name": "stranger/r"}}}`
	gonePull       = `{"number": 7, "user": {"login": "anna"}, "head": {"sha": "abc", "repo": null}}`
	dependabotPull = `{"number": 7, "user": {"login": "dependabot[bot]"}, "head": {"sha": "abc", "repo": {"full_name": "o/r"}}}`
	noAuthorPull   = `{"number": 7, "head": {"sha": "abc", "repo": {"full_name": "o/r"}}}`
	pushEvent      = `{"ref": "refs/heads/main"}`
)

func pullPayload(pull string) string { return `{"pull_request": ` + pull + `}` }

func TestWhichRunsAreTrusted(t *testing.T) {
	tests := []struct {
		event, actor, payload string
		want                  string // empty for a trusted run
	}{
		// Dependabot's own runs have the Dependabot store's secrets.
		{"push", dependabot, pushEvent, "secrets of the Dependabot store"},
		{"create", dependabot, pushEvent, "secrets of the Dependabot store"},
		{"deployment", dependabot, pushEvent, "secrets of the Dependabot store"},
		{"deployment_status", dependabot, pushEvent, "secrets of the Dependabot store"},
		{"pull_request", dependabot, pullPayload(dependabotPull), "secrets of the Dependabot store"},
		{"pull_request_review", dependabot, pullPayload(dependabotPull), "secrets of the Dependabot store"},
		{
			"pull_request_review_comment", dependabot, pullPayload(dependabotPull),
			"secrets of the Dependabot store",
		},
		{"", dependabot, pushEvent, "secrets of the Dependabot store"},
		{"push", dependabot, "", "secrets of the Dependabot store"},

		// Dependabot's runs for other events have the repository's secrets.
		{"workflow_dispatch", dependabot, pushEvent, ""},
		{"issue_comment", dependabot, `{"issue": {"number": 7, "pull_request": {}}}`, ""},
		{"workflow_run", dependabot, `{"workflow_run": {"head_repository": {"full_name": "o/r"}}}`, ""},
		{"merge_group", dependabot, pushEvent, ""},

		// A person pushes to Dependabot's branch, or merges it.
		{"pull_request", "anna", pullPayload(dependabotPull), ""},
		{"push", "anna", pushEvent, ""},
		{"push", "someone-else[bot]", pushEvent, ""},

		// pull_request_target depends on the author.
		{"pull_request_target", "anna", pullPayload(dependabotPull), "opened the pull request"},
		{"pull_request_target", dependabot, pullPayload(dependabotPull), "opened the pull request"},
		{"pull_request_target", "anna", pullPayload(ownPull), ""},
		{"pull_request_target", dependabot, pullPayload(ownPull), ""},
		{
			"pull_request_target", "anna", pullPayload(forkPull),
			"another repository, \"stranger/r\", though GitHub gave it this repository's secrets",
		},
		{"pull_request_target", "anna", pullPayload(noAuthorPull), "does not say who opened"},

		// Another repository, or one that is gone.
		{"pull_request", "anna", pullPayload(ownPull), ""},
		{"pull_request", "anna", pullPayload(strings.Replace(ownPull, "o/r", "O/R", 1)), ""},
		{
			"pull_request", "anna", pullPayload(forkPull),
			"another repository, \"stranger/r\", so GitHub gave it the secrets of a fork's run",
		},
		{"pull_request", "anna", pullPayload(gonePull), "gone"},
		{"pull_request_review", "anna", pullPayload(forkPull), "another repository"},
		{"anything_else", "anna", pullPayload(forkPull), "another repository"},
		{"", "anna", pullPayload(forkPull), "another repository"},
		{"workflow_run", "anna", `{"workflow_run": {"head_repository": {"full_name": "o/r"}}}`, ""},
		{
			"workflow_run", "anna", `{"workflow_run": {"head_repository": {"full_name": "stranger/r"}}}`,
			`another repository, "stranger/r"`,
		},
		{"workflow_run", "anna", `{"workflow_run": {"head_repository": null}}`, "gone"},
		{"check_run", "anna", `{"workflow_run": {"head_repository": null}}`, "gone"},
		{"check_run", "anna", `{"workflow_run": null, "pull_request": null}`, ""},

		// Payloads that GitHub does not send.
		{"pull_request", "anna", `{"pull_request": "7"}`, "gone"},
		{"push", "anna", `{"pull_request": "7"}`, "gone"},
		{
			"pull_request", "anna",
			`{"pull_request": {"number": "7", "head": {"repo": {"full_name": "stranger/r"}}}}`,
			"another repository",
		},
		{"pull_request", "anna", `{"pull_request": {"head": "o/r"}}`, "gone"},
		{"pull_request", "anna", `{"pull_request": {"head": {"repo": {"full_name": ["o/r"]}}}}`, "gone"},
		{"pull_request", "anna", `{"pull_request": {"head": {"repo": {"full_name": ""}}}}`, "gone"},
		{"pull_request", "anna", `[]`, "gone"},
		{"pull_request", "anna", `null`, "gone"},
		{
			"pull_request_target", "anna",
			`{"pull_request": {"user": "anna", "head": {"repo": {"full_name": "o/r"}}}}`,
			"does not say who opened",
		},
		{"workflow_run", "anna", `{"workflow_run": ["o/r"]}`, "gone"},
		{"workflow_run", "anna", pushEvent, "gone"},

		// A file that is missing, or not JSON, matters only if it is needed.
		{"pull_request", "anna", "", "GITHUB_EVENT_PATH cannot be read"},
		{"pull_request_target", "anna", "{", "GITHUB_EVENT_PATH cannot be read"},
		{"pull_request", "anna", pullPayload(ownPull) + "x", "GITHUB_EVENT_PATH cannot be read"},
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
			"GITHUB_EVENT_NAME=" + tt.event, "GITHUB_ACTOR=" + tt.actor, "GITHUB_REPOSITORY=o/r",
			"GITHUB_EVENT_PATH=" + path,
			// A person who runs it again changes nothing.
			"GITHUB_TRIGGERING_ACTOR=anna",
		}).Event()
		if !event.Untrusted.IsTrue() != (tt.want == "") || !strings.Contains(event.Untrusted.Why, tt.want) {
			t.Errorf("%s by %s with %s: %q, want %q", tt.event, tt.actor, tt.payload, event.Untrusted,
				tt.want)
		}
	}
}

func TestEventOfAPullRequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(pullPayload(ownPull)), 0o600); err != nil {
		t.Fatal(err)
	}
	event := newRunner(new(strings.Builder), []string{
		"GITHUB_EVENT_NAME=pull_request", "GITHUB_REPOSITORY=o/r", "GITHUB_REPOSITORY_ID=42",
		"GITHUB_SHA=merge", "GITHUB_EVENT_PATH=" + path,
	}).Event()
	if want := (Event{Owner: "o", Repo: "r", RepoID: 42, PullRequest: 7, Commit: "abc", Shown: "abc"}); event != want {
		t.Errorf("got %+v, want %+v", event, want)
	}
}

// A runner that lacks a variable of GitHub's is trusted, with a note.
func TestMissingVariablesAreNoted(t *testing.T) {
	for unsaid, env := range map[string][]string{
		"GITHUB_EVENT_NAME is not set": {"GITHUB_ACTIONS=true", "GITHUB_ACTOR=anna"},
		"GITHUB_ACTOR is not set":      {"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push"},
		"": {
			"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push", "GITHUB_ACTOR=anna",
		},
	} {
		event := newRunner(new(strings.Builder), env).Event()
		if (unsaid == "") != (event.Note == "") || !strings.HasPrefix(event.Note, unsaid) || event.Untrusted.IsTrue() {
			t.Errorf("%v: %+v", env, event)
		}
	}
	if event := newRunner(new(strings.Builder), nil).Event(); event != (Event{}) {
		t.Errorf("outside GitHub: %+v", event)
	}
}
