package actions_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// A run that fails before it has a result says so in the summary, and replaces what an
// earlier run wrote in the comment. The findings stand below, each with a link.
func TestARunWithoutAResultSaysWhy(t *testing.T) {
	_, url := startFake(t)
	for mode, want := range map[string]string{
		"plan": "### Prefect secrets: plan\n\n> [!CAUTION]\n> **Failed:** The configs have errors.\n",
		"sync": "### Prefect secrets: sync\n\n> [!CAUTION]\n> **Failed:** The configs have errors; nothing was written.\n",
	} {
		fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
		w := newPullRequestWorkspace(t, fake, map[string]string{
			"mode": mode, "comment": "true", "github-token": githubtest.Token, "api-url": url, "api-key": testkit.AdminKey,
			"secrets": secretsJSON(t, map[string]string{"A": canary}),
		})
		w.Env = append(w.Env, "GITHUB_SERVER_URL=https://github.com", "GITHUB_WORKSPACE="+w.Dir, "GITHUB_SHA="+commit,
			"GITHUB_RUN_ID=5", "GITHUB_RUN_ATTEMPT=2",
			"INPUT_CONFIG-FILES="+w.Write(t, "a b.toml", "[context.secrets]\nupdate = \""+canary+"\"\n"))
		r := runAction(t, w.Env)
		comments := fake.Comments()
		if r.code != exit.Usage || len(comments) != 1 {
			t.Fatalf("%s: exit code %d, %d comments: %s", mode, r.code, len(comments), githubtest.Unmasked(r.stdout))
		}
		const place = "[`a b.toml:2:1`](https://github.com/o/r/blob/" + commit + "/a%20b.toml#L2) · [reserved-key]("
		for _, text := range []string{w.Read(t, "summary"), comments[0].Body} {
			text = strings.ReplaceAll(text, w.Dir+"/", "")
			for _, part := range []string{want, place, "[run, attempt 2](https://github.com/o/r/actions/runs/5/attempts/2)"} {
				if strings.Count(text, part) != 1 {
					t.Errorf("%s: %q is missing in %s", mode, part, text)
				}
			}
			if strings.Contains(text, canary) {
				t.Errorf("%s: a value shows", mode)
			}
		}
	}
}
