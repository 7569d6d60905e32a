package canary

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// exception is an output whose purpose is to show a value or key. What it admits is
// removed before the check; the rest is checked.
type exception struct {
	name, reason string
	admits       *regexp.Regexp
}

// exceptions lists all exceptions. An unused one fails the suite.
var exceptions = []exception{
	{
		"runner's answer", "a flow run reads its secret: the wire of secret_value, for a key with the role runner",
		regexp.MustCompile(`(?s)\{"data":\{"secret_value":.*\}\}`),
	},
	{
		"mask", "GitHub's runner must get a value to hide it; only under GITHUB_ACTIONS=true",
		regexp.MustCompile(`(?m)^::add-mask::.*$`),
	},
	{
		"keygen", "it makes a key and shows it this once",
		regexp.MustCompile(`(?m)^(pfs_[A-Z2-7]{33}|[A-Za-z0-9+/]{43}=)$`),
	},
	{
		"ready-file of serve --dev", "tests in other languages take the keys of their own fake from it; mode 0600",
		regexp.MustCompile(`"(admin|runner)_key":"[^"]*"`),
	},
	{
		"serve --dev without a ready-file", "the keys of a fake that ends with the process",
		regexp.MustCompile(`PREFECT(__CLOUD__)?(_SECRETS)?_API_KEY=\S+`),
	},
	{"config --reveal", "the user asks to see the values", regexp.MustCompile(`(?s).*`)},
}

var (
	usedExceptions = map[string]bool{}
	usedMu         sync.Mutex
)

// removeException removes from text what an exception admits.
func removeException(t *testing.T, name, text string) string {
	t.Helper()
	for _, e := range exceptions {
		if e.name != name {
			continue
		}
		rest := e.admits.ReplaceAllString(text, "")
		usedMu.Lock()
		defer usedMu.Unlock()
		usedExceptions[name] = usedExceptions[name] || rest != text
		return rest
	}
	t.Fatalf("no exception is called %q", name)
	return ""
}

// checkExceptions checks, after all tests, that each exception was used. It returns the
// exit code.
func checkExceptions() (code int) {
	for _, e := range exceptions {
		if !usedExceptions[e.name] {
			fmt.Fprintf(os.Stderr, "FAIL: nothing needs the exception %q: take it out\n", e.name)
			code = 1
		}
	}
	return code
}

// docs/security.md lists all exceptions.
func TestExceptionsAreDocumented(t *testing.T) {
	const page, begin, end = "../../docs/security.md", "<!-- exceptions -->\n", "<!-- end of exceptions -->"
	table := "| where | why |\n| --- | --- |\n"
	for _, e := range exceptions {
		table += "| " + e.name + " | " + e.reason + " |\n"
	}
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), begin)
	if got, _, found := strings.Cut(rest, end); !found || got != table {
		t.Errorf("%s has another list than\n%s", page, table)
	}
}
