package actions_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const canary = "CANARY9d41"

// result is the outcome of a run of the Action.
type result struct {
	code           int
	stdout, stderr string
}

// runAction runs the Action in env.
func runAction(t *testing.T, env []string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	action := actions.Action{
		Stdout: &stdout, Stderr: &stderr, Env: env, Getenv: newGetenv(env), Version: "v1.2.3",
	}
	err := action.Run(t.Context())
	return result{exit.CodeOf(err), stdout.String(), stderr.String()}
}

// newGetenv returns a function that looks up a variable in env, where a later entry wins.
func newGetenv(env []string) func(name string) string {
	return func(name string) string {
		for _, entry := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// startFake starts a fake behind a socket.
func startFake(t *testing.T) (fake *testkit.Cloud, url string) {
	t.Helper()
	fake = testkit.New(t)
	server := httptest.NewServer(fake.Handler())
	t.Cleanup(server.Close)
	return fake, server.URL
}

// secretsJSON returns the input secrets.
func secretsJSON(t *testing.T, secrets map[string]string) string {
	t.Helper()
	data, err := json.MarshalIndent(secrets, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// newPullRequestWorkspace returns the workspace of a job on a pull request of fake.
func newPullRequestWorkspace(t *testing.T, fake *githubtest.Server, inputs map[string]string) *githubtest.Workspace {
	t.Helper()
	server := httptest.NewServer(fake.Handler(""))
	t.Cleanup(server.Close)
	w := githubtest.NewWorkspace(t, inputs)
	w.Env = append(w.Env, "GITHUB_API_URL="+server.URL, "GITHUB_JOB=plan", "GITHUB_REPOSITORY_ID=42",
		"GITHUB_SHA="+strings.Repeat("0", 40))
	w.PullRequest(t, "o/r")
	return w
}
