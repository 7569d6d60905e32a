package runner

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
)

// startGitHub serves a fake GitHub on this host, and returns the environment in
// which steps find it. act lets --env replace its own variables, which GitHub's
// runner would not.
func startGitHub(t *testing.T, fake *githubtest.Server) (env map[string]string) {
	t.Helper()
	server := httptest.NewServer(fake.Handler("/api/v3"))
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		if unexpected := fake.Unexpected(); len(unexpected) > 0 {
			t.Errorf("unexpected requests to GitHub: %v", unexpected)
		}
	})
	return map[string]string{"GITHUB_API_URL": server.URL + "/api/v3", "GITHUB_REPOSITORY": "o/r", "GITHUB_REPOSITORY_ID": "42"}
}

// pullRequest returns the payload of the event, for a branch of the repository head.
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
