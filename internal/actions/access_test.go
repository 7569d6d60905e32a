package actions_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// startFakeWithOtherKey starts a store in which another key has written A.
func startFakeWithOtherKey(t *testing.T) (fake *testkit.Cloud, url string) {
	t.Helper()
	fake = testkit.New(t)
	server := httptest.NewServer(fake.Handler())
	t.Cleanup(server.Close)
	other := fake.ClientWithKey(fake.AddKey(testkit.Key{Name: "deploy", Role: prefect.RoleAdmin}))
	if err := other.SetSecret(t.Context(), "A", "old"); err != nil {
		t.Fatal(err)
	}
	return fake, server.URL
}

// A plan on a pull request needs only a planner key, and has no annotation about it.
func TestActionPlansWithAPlannerKey(t *testing.T) {
	fake, url := startFakeWithOtherKey(t)
	github := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	w := newPullRequestWorkspace(t, github, map[string]string{
		"mode": "plan", "comment": "true", "github-token": githubtest.Token, "api-url": url,
		"secrets": secretsJSON(t, map[string]string{"A": canary}),
		"api-key": fake.AddKey(testkit.Key{Name: "pr", Role: prefect.RolePlanner}),
	})
	r := runAction(t, w.Env)
	if r.code != exit.OK || w.Outputs(t)["status"] != "success" || strings.Contains(r.stdout, "::warning") {
		t.Fatalf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	comment := github.Comments()[0].Body
	for _, where := range []string{comment, w.Read(t, "summary")} {
		for _, want := range []string{
			"**1 to overwrite**.\n\nTenant `testkit` at `" + url + "`\n",
			"- Note: the key from the input `api-key` is a planner key, which can only list names; sync needs an admin key.",
			"| `~`\u00a0overwrite | `A`<br>Last written by `deploy`. |",
		} {
			if !strings.Contains(where, want) {
				t.Errorf("%q is not in %s", want, where)
			}
		}
	}
}

func TestActionMarksAnotherKeysSecret(t *testing.T) {
	_, url := startFakeWithOtherKey(t)
	github := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	w := newPullRequestWorkspace(t, github, map[string]string{
		"mode": "plan", "comment": "true", "github-token": githubtest.Token, "api-url": url,
		"secrets": secretsJSON(t, map[string]string{"A": canary}), "api-key": testkit.AdminKey,
	})
	r := runAction(t, w.Env)
	if r.code != exit.OK || !strings.Contains(r.stdout, `~ overwrite A  overwrites what "deploy" wrote`) {
		t.Fatalf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	comment := github.Comments()[0].Body
	if !strings.Contains(comment, "| `~`\u00a0overwrite | `A`<br>Overwrites what `deploy` wrote. |") {
		t.Errorf("the comment is %s", comment)
	}
}

// With a key that lacks the permission, the Action fails before the first write.
func TestActionWithAKeyThatMayNot(t *testing.T) {
	fake, url := startFakeWithOtherKey(t)
	narrow := fake.AddKey(testkit.Key{Name: "narrow", Role: prefect.RoleAdmin, Patterns: []string{"B"}})
	planner := fake.AddKey(testkit.Key{Name: "pr", Role: prefect.RolePlanner})
	for _, tt := range []struct{ mode, key, want string }{
		{
			"sync", testkit.RunnerKey,
			"the key from the input api-key is a runner key, which can read values but not write; writing needs an admin key",
		},
		{"plan", testkit.RunnerKey, "is a runner key"},
		{"sync", planner, "is a planner key, which can only list names; writing needs an admin key"},
		{"plan", narrow, `has no access to "A"`},
		{"sync", narrow, `has no access to "A"`},
	} {
		w := githubtest.NewWorkspace(t, map[string]string{
			"mode": tt.mode, "api-url": url, "api-key": tt.key,
			"secrets": secretsJSON(t, map[string]string{"A": canary, "B": canary}),
		})
		r := runAction(t, w.Env)
		if r.code != exit.Refused || w.Outputs(t)["status"] != "failed" ||
			!strings.Contains(r.stdout, "::error title=prefect-secrets::") || !strings.Contains(r.stdout, tt.want) {
			t.Errorf("%s: exit code %d: %s", tt.mode, r.code, githubtest.Unmasked(r.stdout))
		}
	}
	fake.AssertSecrets(t, map[string]any{"A": "old"})
}
