package runner

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkout makes a git repository with one commit, from which act reads branch and
// commit. It holds the Action as it is in the working tree, files of the test, and
// one workflow: of this suite, if files has none of its name. It does not hold the repository's own workflows, which
// act would run too.
func checkout(t *testing.T, workflow string, files map[string]string) string {
	t.Helper()
	from, to := root(t), t.TempDir()
	listed := run(t, from, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		if !strings.HasPrefix(name, ".github/") {
			copyFile(t, filepath.Join(from, name), filepath.Join(to, name))
		}
	}
	if files[".github/workflows/"+workflow] == "" {
		copyFile(t, filepath.Join("workflows", workflow), filepath.Join(to, ".github", "workflows", workflow))
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, to)
	return to
}

func commit(t *testing.T, dir string) {
	t.Helper()
	run(t, dir, "git", "init", "--quiet", "--initial-branch=main")
	run(t, dir, "git", "add", "--all")
	run(t, dir, "git", "-c", "user.name=runner suite", "-c", "user.email=runner@example.invalid",
		"commit", "--quiet", "--no-gpg-sign", "--message", "The action and a workflow")
}

// copyFile copies a file and its mode. It ignores a file that git still lists but
// the working tree no longer has.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, info.Mode().Perm()); err != nil {
		t.Fatal(err)
	}
}
