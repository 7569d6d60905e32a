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

// thirdParty is what testkit brings into a user's build: modules, and how many
// packages of each.
var thirdParty = map[string]int{
	"github.com/vektah/gqlparser/v2":  8,
	"github.com/agnivade/levenshtein": 1,
	"github.com/BurntSushi/toml":      2,
	"github.com/shurcooL/graphql":     3,
	"github.com/google/go-cmp":        5,
}

// A module outside this one, as a user has it, builds and passes its tests, among
// them the Go code of the README and of docs/testing.md. testkit brings no more into
// it than is known.
func TestConsumer(t *testing.T) {
	dir := newConsumer(t)
	const readmeImports = `import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)
`
	writeFile(t, filepath.Join(dir, "readme_test.go"), []byte("package consumer\n\n"+readmeImports+goBlocks(t, "../README.md")))
	writeFile(t, filepath.Join(dir, "docs_test.go"), []byte("package consumer\n\n"+goBlocks(t, "../docs/testing.md")))
	got := runGo(t, dir, "test", "-v", "./...")
	for _, name := range []string{"TestReport", "TestNotify", "TestLoginLocally"} { // of the consumer, the README, the docs
		if !strings.Contains(got, "--- PASS: "+name+" (") {
			t.Errorf("%s did not run: %s", name, got)
		}
	}
	packages := map[string]int{}
	const format = "{{if .Module}}{{.Module.Path}} {{.ImportPath}}{{end}}"
	for line := range strings.Lines(runGo(t, dir, "list", "-deps", "-test", "-f", format, "./...")) {
		path, pkg, _ := strings.Cut(strings.TrimSpace(line), " ")
		if path != "" && path != module && path != "example.com/consumer" && !strings.Contains(pkg, "[") {
			packages[path]++
		}
	}
	if diff := cmp.Diff(thirdParty, packages); diff != "" {
		t.Errorf("packages that testkit brings in, by module (-want +got):\n%s", diff)
	}
}

// goBlocks returns the blocks of Go of a page.
func goBlocks(t *testing.T, page string) string {
	t.Helper()
	var blocks strings.Builder
	for _, block := range regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindAllSubmatch(readFile(t, page), -1) {
		blocks.Write(block[1])
	}
	return blocks.String()
}

// Package faults needs only the standard library, and of that no testing.
func TestFaultsBringNothing(t *testing.T) {
	const format = `{{if or .Module (eq .ImportPath "testing")}}{{.ImportPath}}{{end}}`
	deps := strings.Fields(runGo(t, "faults", "list", "-deps", "-f", format, "."))
	if diff := cmp.Diff([]string{module + "/testkit/faults"}, deps); diff != "" {
		t.Errorf("packages that testkit/faults brings in (-want +got):\n%s", diff)
	}
}

// newConsumer copies testdata/consumer, with a go.mod that has the versions of this
// module's, so that nothing needs to be fetched.
func newConsumer(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/consumer")); err != nil {
		t.Fatal(err)
	}
	mod := string(readFile(t, filepath.Join(root, "go.mod")))
	mod = regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(mod, "module example.com/consumer")
	mod += "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n"
	writeFile(t, filepath.Join(dir, "go.mod"), []byte(mod))
	writeFile(t, filepath.Join(dir, "go.sum"), readFile(t, filepath.Join(root, "go.sum")))
	return dir
}

func runGo(t *testing.T, dir string, args ...string) string {
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

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
