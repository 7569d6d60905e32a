package docs

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

var update = flag.Bool("update", false, "write the picture of the terminal in docs")

const picturePath = root + "/docs/terminal.svg"

// TestPicture runs the command in a terminal, as the README's picture shows it, and
// compares the picture with what it prints.
func TestPicture(t *testing.T) {
	server := binary.Serve(t, binary.Options{Dir: t.TempDir()}, "--dev")
	const shown = "prefect-secrets sync --secrets-file secrets.json --config-files config.toml"
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/picture")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary.Path, strings.Fields(shown)[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{
		"HOME=" + dir, "TERM=xterm-256color", "LANG=C.UTF-8",
		"PREFECT_SECRETS_API_URL=" + server.URL, "PREFECT_SECRETS_API_KEY=" + server.Admin,
	}
	printed := maskRun(runInTerminal(t, cmd, columns), server.URL)
	picture, err := drawTerminal("\x1b[1m$ " + shown + "\x1b[0m\r\n" + printed)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		writeFile(t, picturePath, picture)
		if err := os.Chmod(picturePath, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(readFile(t, filepath.FromSlash(picturePath)), picture); diff != "" {
		t.Errorf("docs/terminal.svg is not what the command prints; run make docs (-picture +run):\n%s", diff)
	}
}

var duration = regexp.MustCompile(`\b[0-9.]+ ?m?s\b`)

// maskRun replaces what differs between two runs: the server's port, and how long it took.
func maskRun(printed, url string) string {
	return duration.ReplaceAllString(strings.ReplaceAll(printed, url, "https://secrets.example.com"), "0.1 s")
}
