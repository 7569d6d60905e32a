package runner

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOtherCI runs docs/other-ci/sync.sh in a shell without a CI, once with the
// image and once with the command.
func TestOtherCI(t *testing.T) {
	buildImage(t)
	binary := filepath.Join(t.TempDir(), "prefect-secrets")
	run(t, root(t), "go", "build", "-o", binary, ".")
	for _, variable := range []string{"IMAGE=" + imageTag, "PREFECT_SECRETS_BIN=" + binary} {
		store := startStore(t)
		hidden := []string{canary(), canary() + "\nsecond line " + canary()}
		cmd := exec.CommandContext(t.Context(), filepath.Join(root(t), "docs/other-ci/sync.sh"))
		cmd.Dir = root(t)
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"), "NETWORK=host", variable, "CONFIG_FILES=fixtures/config/*.toml",
			"PREFECT_SECRETS_API_URL=" + store.URL, "PREFECT_SECRETS_API_KEY=" + store.AdminKey,
			"SLACK_WEBHOOK_URL=" + hidden[0], "DEPLOY_KEY=" + hidden[1], "UNRELATED=" + canary(),
		}
		log, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", variable, err, log)
		}
		if diff := cmp.Diff([]string{"DEPLOY_KEY", "SLACK_WEBHOOK_URL"}, store.names(t)); diff != "" {
			t.Errorf("%s: names (-want +got):\n%s", variable, diff)
		}
		checkNoLeak(t, log, append(hidden, store.AdminKey))
		checkLog(t, log, "result: 2 created, 0 overwritten")
	}
}
