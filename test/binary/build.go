// Package binary builds the command and runs it, for suites that attack it from
// outside.
package binary

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	// The command's packages, so that go test runs again once one of them has changed.
	_ "github.com/prefect-secrets/prefect-secrets/internal/cli"
)

const module = "github.com/prefect-secrets/prefect-secrets"

// Path is the command under test, once [Build] has made it.
var Path string

// Build makes the command in dir.
func Build(dir string) (err error) {
	Path, err = build(filepath.Join(dir, "prefect-secrets"))
	return err
}

// BuildBroken makes the command in dir with text put into a source file behind
// each of some lines of it, so that production code needs no hook for tests.
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

// Change puts a statement behind the one line of a file that ends so.
type Change struct{ File, After, Statement string }

func (c Change) write(source, path string) (string, error) {
	text, err := os.ReadFile(source)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), c.After+"\n"); n != 1 {
		return "", fmt.Errorf("%s has %q %d times, expected once", c.File, c.After, n)
	}
	changed := strings.Replace(string(text), c.After+"\n", c.After+"\n"+c.Statement+"\n", 1)
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
