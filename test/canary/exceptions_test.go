package canary

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// exception is where values or keys are the purpose. What it admits is taken out
// before the search; all that stands beside it is searched.
type exception struct {
	name, reason string
	admits       *regexp.Regexp
}

// exceptions is the whole list. One that nothing needs fails the suite.
var exceptions = []exception{
	{"runner's answer", "a flow run reads its secret: the wire of secret_value, for a key with the role runner", regexp.MustCompile(`(?s)\{"data":\{"secret_value":.*\}\}`)},
	{"mask", "GitHub's runner hides what it is told to hide; only under GITHUB_ACTIONS=true", regexp.MustCompile(`(?m)^::add-mask::.*$`)},
	{"keygen", "it makes a key and shows it this once", regexp.MustCompile(`(?m)^(pfs_[A-Z2-7]{33}|[A-Za-z0-9+/]{43}=)$`)},
	{"ready-file of serve --dev", "tests in other languages take the keys of their own fake from it; mode 0600", regexp.MustCompile(`"(admin|runner)_key":"[^"]*"`)},
	{"serve --dev without a ready-file", "the keys of a fake that ends with the process", regexp.MustCompile(`PREFECT(__CLOUD__)?(_SECRETS)?_API_KEY=\S+`)},
	{"config --reveal", "it was asked to", regexp.MustCompile(`(?s).*`)},
}

var (
	usedExceptions = map[string]bool{}
	usedMu         sync.Mutex
)

// without takes out of text what an exception admits.
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

// checkExceptions gives the exit code of a suite that has run as a whole.
func checkExceptions() (code int) {
	for _, e := range exceptions {
		if !usedExceptions[e.name] {
			fmt.Fprintf(os.Stderr, "FAIL: nothing needs the exception %q: take it out\n", e.name)
			code = 1
		}
	}
	return code
}

// docs/security.md has the whole list.
func TestExceptionsAreDocumented(t *testing.T) {
	const page, begin, end = "../../docs/security.md", "<!-- exceptions -->\n", "<!-- end of exceptions -->"
	table := "| where | why |\n| --- | --- |\n"
	for _, e := range exceptions {
		table += "| " + e.name + " | " + e.reason + " |\n"
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), begin)
	if shown, _, found := strings.Cut(rest, end); !found || shown != table {
		t.Errorf("%s has another list than\n%s", page, table)
	}
}
