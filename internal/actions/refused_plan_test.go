package actions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// A plan that would delete too many names is shown in the log and in the summary.
func TestAPlanWithTooManyDeletionsIsShown(t *testing.T) {
	fake, url := startFake(t)
	for i := range 7 {
		if err := fake.AdminClient().SetSecret(t.Context(), fmt.Sprintf("OLD_%d", i), canary); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range []string{"plan", "sync"} {
		w := githubtest.NewWorkspace(t, map[string]string{
			"mode": mode, "api-url": url, "api-key": testkit.AdminKey, "prune": "OLD_*",
			"secrets": secretsJSON(t, map[string]string{"NEW": canary}),
		})
		r := runAction(t, w.Env)
		summary := w.Read(t, "summary")
		if r.code != exit.Usage || strings.Contains(summary, canary) {
			t.Errorf("%s: exit code %d: %s", mode, r.code, githubtest.Unmasked(r.stdout))
		}
		for _, part := range []string{"  - delete    OLD_6", "  + create    NEW"} {
			if !strings.Contains(r.stdout, part) {
				t.Errorf("%s: the log lacks %q: %s", mode, part, githubtest.Unmasked(r.stdout))
			}
		}
		for _, part := range []string{"> [!CAUTION]\n", "Too many names would be deleted: 7", "**delete** | `OLD_6`", "create | `NEW`"} {
			if strings.Count(summary, part) != 1 {
				t.Errorf("%s: the summary has %q not once: %s", mode, part, summary)
			}
		}
		if len(fake.Names()) != 7 {
			t.Errorf("%s: the store has %q", mode, fake.Names())
		}
	}
}
