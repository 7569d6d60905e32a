package attack

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testsNamed are the tests that a page names, as "PACKAGE: `TestA`, `TestB`".
var (
	testsNamed = regexp.MustCompile("([a-z/]+): ((?:`(?:Test|Fuzz)[A-Za-z0-9]+`(?:, )?)+)")
	oneTest    = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")
)

// Every test that docs/security.md names for a claim is there.
func TestClaimsHaveTheirTests(t *testing.T) {
	named := namedTests(t, "docs/security.md", read(t, "docs/security.md"))
	if all := len(oneTest.FindAllString(read(t, "docs/security.md"), -1)); all != named || named < 20 {
		t.Errorf("of %d tests that docs/security.md names %d stand behind a package", all, named)
	}
}

// Every sentence of the pages on serve that promises something has a test; what
// promises.txt lists stands on the page to the word, so that whoever changes a
// sentence looks at its test.
func TestPromises(t *testing.T) {
	var page string
	for line := range strings.Lines(read(t, "test/attack/promises.txt")) {
		line = strings.TrimSpace(line)
		sentence, tests, found := strings.Cut(line, " | ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !found:
			page = line
		case !strings.Contains(words(read(t, page)), words(sentence)):
			t.Errorf("%s does not say %q", page, sentence)
		case strings.HasPrefix(tests, "test/") && strings.HasSuffix(tests, ".sh"), strings.HasSuffix(tests, ".txtar"):
			read(t, tests)
		case namedTests(t, page, tests) == 0:
			t.Errorf("%s: %q has no test", page, sentence)
		}
	}
}

func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// read gives a file of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// namedTests counts the tests that a text names, and fails for one that is not there.
func namedTests(t *testing.T, where, text string) (n int) {
	t.Helper()
	for _, m := range testsNamed.FindAllStringSubmatch(text, -1) {
		for _, test := range oneTest.FindAllStringSubmatch(m[2], -1) {
			n++
			if !declares(t, m[1], test[1]) {
				t.Errorf("%s: %s has no %s", where, m[1], test[1])
			}
		}
	}
	return n
}

func declares(t *testing.T, dir, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("%s has no tests", dir)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(text), "func "+test+"(") {
			return true
		}
	}
	return false
}

// The binary does not start other programs: no package of ours does, and Vault's
// client imports os/exec for helpers of tokens, which are not used.
func TestStartsNoProgram(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "github.com/prefect-secrets/prefect-secrets").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "github.com/prefect-secrets/") && strings.Contains(line, " os/exec") {
			t.Errorf("it may start programs: %s", strings.Fields(line)[0])
		}
	}
}
