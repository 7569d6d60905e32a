package runner

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
)

// startGitHub serves a fake GitHub on this host. env is what steps know it by; act takes it from --env in place of its
// own, which GitHub's runner would not.
func startGitHub(t *testing.T, fake *githubtest.Server) (env map[string]string) {
	t.Helper()
	server := httptest.NewServer(fake.Handler("/api/v3"))
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		if asked := fake.Unexpected(); len(asked) > 0 {
			t.Errorf("GitHub was asked for %v", asked)
		}
	})
	return map[string]string{"GITHUB_API_URL": server.URL + "/api/v3", "GITHUB_REPOSITORY": "o/r", "GITHUB_REPOSITORY_ID": "42"}
}

// pullRequest is the payload of the event, from a branch of a repository.
func pullRequest(head string) any {
	return map[string]any{
		"action": "opened",
		"number": 7,
		"pull_request": map[string]any{
			"number": 7,
			"head":   map[string]any{"ref": "feature", "sha": fmt.Sprintf("%040d", 1), "repo": map[string]string{"full_name": head}},
			"base":   map[string]any{"ref": "main", "repo": map[string]string{"full_name": "o/r"}},
		},
	}
}
