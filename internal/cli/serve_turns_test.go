package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// Four concurrent syncs with one key send 64 documents at once. With a low
// --max-requests they wait for their turn, and no secret fails.
func TestFourSyncsAtOnce(t *testing.T) {
	keysFile, key := writeKeysFile(t)
	url, log := startProduction(t, nil, "--store", "memory", "--keys-file", keysFile, "--max-requests", "8")
	var runs sync.WaitGroup
	for run := range 4 {
		secrets := map[string]string{}
		for i := range 5000 {
			secrets[fmt.Sprintf("R%d_%d", run, i)] = "value"
		}
		file := filepath.Join(t.TempDir(), "secrets.json")
		text, _ := json.Marshal(secrets)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		runs.Go(func() {
			r := runCommand(t, []string{"PREFECT_API_KEY=" + key}, "", "sync", "--api-url", url,
				"--secrets-file", file)
			if r.code != exit.OK {
				t.Errorf("exit code %d: %.500s %.500s", r.code, r.stdout, r.stderr)
			}
		})
	}
	runs.Wait()
	r := runCommand(t, []string{"PREFECT_API_KEY=" + key}, "", "names", "--api-url", url, "--format", "json")
	var document struct{ Names []string }
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil || len(document.Names) != 20_000 {
		t.Errorf("%d names: %v %s", len(document.Names), err, r.stderr)
	}
	if s := log(); strings.Contains(s, "status=503") {
		t.Error("a document got 503")
	}
}
