package attack

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testLists matches the tests that a page names, as "PACKAGE: `TestA`, `TestB`", and
// testName one of them.
var (
	testLists = regexp.MustCompile("([a-z/]+): ((?:`(?:Test|Fuzz)[A-Za-z0-9]+`(?:, )?)+)")
	testName  = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")
)

// Every test that docs/security.md names exists.
func TestClaimsHaveTheirTests(t *testing.T) {
	text := readFile(t, "docs/security.md")
	named := countTests(t, "docs/security.md", text)
	if all := len(testName.FindAllString(text, -1)); all != named || named < 20 {
		t.Errorf("of %d tests that docs/security.md names %d follow their package", all, named)
	}
}

// Every sentence of the pages on serve that promises something has a test. What
// promises.txt lists is on the page word for word, so that whoever changes a sentence
// looks at its test.
func TestPromises(t *testing.T) {
	var page string
	for line := range strings.Lines(readFile(t, "test/attack/promises.txt")) {
		line = strings.TrimSpace(line)
		sentence, tests, found := strings.Cut(line, " | ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !found:
			page = line
		case !strings.Contains(joinFields(readFile(t, page)), joinFields(sentence)):
			t.Errorf("%s does not say %q", page, sentence)
		case strings.HasPrefix(tests, "test/") && strings.HasSuffix(tests, ".sh"), strings.HasSuffix(tests, ".txtar"):
			readFile(t, tests)
		case countTests(t, page, tests) == 0:
			t.Errorf("%s: %q has no test", page, sentence)
		}
	}
}

// joinFields makes one line of text.
func joinFields(text string) string { return strings.Join(strings.Fields(text), " ") }

// readFile returns the content of a file of the repository.
func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// countTests counts the tests that a text names, and fails if one does not exist.
func countTests(t *testing.T, where, text string) (n int) {
	t.Helper()
	for _, m := range testLists.FindAllStringSubmatch(text, -1) {
		for _, test := range testName.FindAllStringSubmatch(m[2], -1) {
			n++
			if !hasTest(t, m[1], test[1]) {
				t.Errorf("%s: %s has no %s", where, m[1], test[1])
			}
		}
	}
	return n
}

// hasTest reports whether the package in dir declares a test.
func hasTest(t *testing.T, dir, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("%s has no tests", dir)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(data), "func "+test+"(") {
			return true
		}
	}
	return false
}

// The binary does not start other programs: no package of this module does. Vault's
// client imports os/exec only for token helpers, which are not used.
func TestStartsNoProgram(t *testing.T) {
	args := []string{"list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "github.com/prefect-secrets/prefect-secrets"}
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "github.com/prefect-secrets/") && strings.Contains(line, " os/exec") {
			t.Errorf("it may start programs: %s", strings.Fields(line)[0])
		}
	}
}
