package testkit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/prefect-secrets/prefect-secrets"

// What testkit brings into a user's build: the module, and how many of its packages.
var thirdParty = map[string]int{
	"github.com/vektah/gqlparser/v2":  8,
	"github.com/agnivade/levenshtein": 1,
	"github.com/BurntSushi/toml":      2,
	"github.com/shurcooL/graphql":     3,
	"github.com/google/go-cmp":        5,
}

// TestConsumer builds a module outside this one, as a user has it, runs its tests
// and counts what importing testkit brought in.
func TestConsumer(t *testing.T) {
	dir := consumer(t)
	if out := run(t, dir, "test", "./..."); !strings.Contains(out, "ok") {
		t.Errorf("the consumer's tests did not run: %s", out)
	}
	packages := map[string]int{}
	for _, line := range strings.Split(run(t, dir, "list", "-deps", "-test", "-f", "{{if .Module}}{{.Module.Path}} {{.ImportPath}}{{end}}", "./..."), "\n") {
		path, pkg, _ := strings.Cut(line, " ")
		if path != "" && path != module && path != "example.com/consumer" && !strings.Contains(pkg, "[") {
			packages[path]++
		}
	}
	if diff := cmp.Diff(thirdParty, packages); diff != "" {
		t.Errorf("packages that testkit brings in, by module (-want +got):\n%s", diff)
	}
}

// TestFaultsBringNothing shows that the words for faults need the standard library
// alone, and of that no testing.
func TestFaultsBringNothing(t *testing.T) {
	deps := strings.Fields(run(t, "faults", "list", "-deps", "-f", "{{if or .Module (eq .ImportPath \"testing\")}}{{.ImportPath}}{{end}}", "."))
	if diff := cmp.Diff([]string{module + "/testkit/faults"}, deps); diff != "" {
		t.Errorf("packages that testkit/faults brings in (-want +got):\n%s", diff)
	}
}

// consumer is a copy of testdata/consumer whose go.mod has the versions of this
// module's, so that nothing needs to be fetched.
func consumer(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/consumer")); err != nil {
		t.Fatal(err)
	}
	mod := string(read(t, filepath.Join(root, "go.mod")))
	mod = regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(mod, "module example.com/consumer")
	mod += "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n"
	write(t, filepath.Join(dir, "go.mod"), []byte(mod))
	write(t, filepath.Join(dir, "go.sum"), read(t, filepath.Join(root, "go.sum")))
	return dir
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"})
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
