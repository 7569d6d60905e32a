package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// The hook of pre-commit runs a command that exists, as pre-commit runs it: with the
// arguments of a configuration behind it, and without file names.
func TestPreCommitHook(t *testing.T) {
	hooks, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) string {
		m := regexp.MustCompile(`(?m)^  ` + name + `: ([^#\n]*)`).FindSubmatch(hooks)
		if m == nil {
			t.Fatalf("the hook has no %s", name)
		}
		return strings.TrimSpace(string(m[1]))
	}
	if field("language") != "golang" || field("pass_filenames") != "false" {
		t.Errorf("the hook is %s", hooks)
	}
	entry, ok := strings.CutPrefix(field("entry"), "prefect-secrets ")
	if !ok {
		t.Fatalf("the entry is %q", field("entry"))
	}
	t.Chdir(t.TempDir())
	for text, code := range map[string]int{"[context.secrets]\nA = \"$A\"\n": exit.OK, "[context.secrets]\nA = \n": exit.Failed} {
		if err := os.WriteFile(filepath.Join(".", "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := runCommand(t, nil, "", append(strings.Fields(entry), "--prefect-version", "1.4")...)
		if r.code != code || !strings.Contains(r.stdout, "check: 1 file") {
			t.Errorf("exit code %d, want %d: %s%s", r.code, code, r.stdout, r.stderr)
		}
	}
}
