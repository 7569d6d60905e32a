// Package binary builds the command and runs it, for test suites.
package binary

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	// The command's packages, so that go test does not use a cached result after a
	// change in one of them.
	_ "github.com/prefect-secrets/prefect-secrets/internal/cli"
)

const module = "github.com/prefect-secrets/prefect-secrets"

// Path is the path of the command under test, once [Build] has built it.
var Path string

// Build builds the command in dir.
func Build(dir string) (err error) {
	Path, err = build(filepath.Join(dir, "prefect-secrets"))
	return err
}

// BuildBroken builds the command in dir with changes to its source, and returns its
// path. So production code needs no hooks for tests.
func BuildBroken(dir string, changes ...Change) (string, error) {
	root, err := goTool("list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return "", err
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for i, change := range changes {
		source := filepath.Join(root, change.File)
		if overlay.Replace[source], err = change.write(source, filepath.Join(dir, fmt.Sprintf("broken%d.go", i))); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, data, 0o600); err != nil {
		return "", err
	}
	return build(filepath.Join(dir, "broken"), "-overlay", list)
}

// Change inserts a statement after the only line of a file that ends in After.
type Change struct{ File, After, Statement string }

func (c Change) write(source, path string) (string, error) {
	code, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(code), c.After+"\n"); n != 1 {
		return "", fmt.Errorf("%s has %q %d times, expected once", c.File, c.After, n)
	}
	changed := strings.Replace(string(code), c.After+"\n", c.After+"\n"+c.Statement+"\n", 1)
	return path, os.WriteFile(path, []byte(changed), 0o600)
}

func build(path string, flags ...string) (string, error) {
	_, err := goTool(append(append([]string{"build", "-o", path}, flags...), module)...)
	return path, err
}

func goTool(args ...string) (string, error) {
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
