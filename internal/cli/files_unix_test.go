//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// twoSecrets is a flow that reads one secret of a config and one of a manifest.
const twoSecrets = "from prefect.client import Secret\nSecret('IN_CONFIG'), Secret('IN_MANIFEST')\n"

// TestAFileIsReadOnce uses pipes, whose text can be read once.
func TestAFileIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	flow := filepath.Join(dir, "flow.py")
	if err := os.WriteFile(flow, []byte(twoSecrets), 0o600); err != nil {
		t.Fatal(err)
	}
	config := newPipe(t, dir, "config.toml", "[context.secrets]\nIN_CONFIG = '$X'\n[cloud]\napy = 1\n")
	manifest := newPipe(t, dir, "m.toml", "[names.IN_MANIFEST]\nfrom = 'A'\nmisspelt = 1\n")
	r := runCommand(t, nil, "", "check", "--flows", flow, "--manifest", manifest, config)
	for _, want := range []string{
		"config.toml:4:1: warning: no release of Prefect knows the setting cloud.apy", "m.toml:3:1: error:",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s%s", want, r.stdout, r.stderr)
		}
	}
	if strings.Contains(r.stdout, "undefined-secret") { // as if a file were empty
		t.Error(r.stdout)
	}
	config = newPipe(t, dir, "once.toml", "[mine]\nx = 1\n")
	if r := runCommand(t, nil, "", "config", "--file", config); r.code != exit.OK ||
		!strings.Contains(r.stdout, "once.toml:2") {
		t.Errorf("config: %s%s", r.stdout, r.stderr)
	}
}

// The Action checks configs and manifest first, and uses them again to check the flows.
func TestTheActionReadsAFileOnce(t *testing.T) {
	_, url, _ := startFake(t, 0)
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "plan", "api-url": url, "api-key": testkit.AdminKey, "secrets": `{"PASSED": "x"}`,
		"config-files": newPipe(t, t.TempDir(), "config.toml", "[context.secrets]\nIN_CONFIG = '$X'\n"),
		"manifest":     newPipe(t, t.TempDir(), "m.toml", "[names.IN_MANIFEST]\nfrom = 'A'\n"),
	})
	w.Env = append(w.Env, "INPUT_FLOWS="+w.Write(t, "flow.py", twoSecrets))
	if r := runCommand(t, w.Env, "", "action"); r.code != exit.OK {
		t.Errorf("exit code %d: %s%s", r.code, githubtest.Unmasked(r.stdout), r.stderr)
	}
}

// newPipe makes a file whose first reader gets the text, and whose second gets nothing.
func newPipe(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		for range 2 {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return
			}
			_, _ = file.WriteString(text)
			_ = file.Close()
			text = ""
		}
	}()
	return path
}
