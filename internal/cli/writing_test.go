package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// allowedPhrases are expressions in which a refused phrase is right.
var allowedPhrases = []string{
	"there is none", "there are none",
	"there is no", "there are no", "is no longer", "are no longer",
	"stand for", "stands for", "stands in for",
}

// refusal is a phrase that docs/writing.md refuses.
type refusal struct {
	phrase   string
	rest     string // what every match has in it
	re       *regexp.Regexp
	messages bool // the phrase is refused in messages and pages only, not in comments
}

// TestRefusedPhrases holds Go files and pages to docs/writing.md, which lists the phrases.
func TestRefusedPhrases(t *testing.T) {
	refusals, needed := refusedPhrases(t), map[string]bool{}
	for _, path := range filesOfWords(t) {
		text := readFile(t, path)
		all := withoutAllowed(prose(text), needed)
		messages := all
		if filepath.Ext(path) == ".go" {
			messages = withoutAllowed(messagesOf(t, path, text), needed)
		}
		for _, r := range refusals {
			searched := all
			if r.messages {
				searched = messages
			}
			r.check(t, strings.TrimPrefix(path, "../../"), searched)
		}
	}
	for _, phrase := range allowedPhrases {
		if !needed[phrase] {
			t.Errorf("no file has %q: take it off the allow-list", phrase)
		}
	}
}

// check fails the test where a text of a file has the phrase.
func (r refusal) check(t *testing.T, file, text string) {
	t.Helper()
	for _, match := range r.find(text) {
		around := text[max(0, match[0]-40):min(len(text), match[1]+40)]
		t.Errorf("%s: %q has %q; docs/writing.md has a better word", file, around, r.phrase)
	}
}

// TestRefusedPhrasesAreFound holds the search to sentences that it must find, or must not.
func TestRefusedPhrasesAreFound(t *testing.T) {
	refusals := refusedPhrases(t)
	for text, want := range map[string]string{
		"// a number was\n// due, and a text is there": "was due",
		`x := "this is no URL"`:                        "is no …",
		`// Both are no lists.`:                        "are no …",
		`// There is no list.`:                         "",
		`x := "there are no\n" + "lists"`:              "",
		`// It stands there in a text.`:                "",
		`x := "it stands for that"`:                    "",
		`x := "a text with blanks"`:                    "a text blanks",
		`x := "no store: say --dev"`:                   "say --…",
		"x := `keys are sent in clear\n\ttext`":        "clear text",
		`x := "the page does not say which"`:           "",
		"// add puts them into a list":                 "puts … into",
	} {
		used := map[string]bool{}
		all, messages := withoutAllowed(prose(text), used), withoutAllowed(messagesOf(t, "x.go", "package x\n\nfunc f() {\n"+text+"\n}\n"), used)
		var found []string
		for _, r := range refusals {
			if r.messages && r.find(messages) != nil || !r.messages && r.find(all) != nil {
				found = append(found, r.phrase)
			}
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}

var allowed = regexp.MustCompile(`\b(?i:` + strings.Join(allowedPhrases, "|") + `)\b`)

// withoutAllowed removes the allowed phrases from a text, and marks them as needed.
func withoutAllowed(text string, needed map[string]bool) string {
	return allowed.ReplaceAllStringFunc(text, func(phrase string) string {
		needed[strings.ToLower(phrase)] = true
		return ""
	})
}

// messagesOf returns the strings of a Go file, one a line, but for its imports.
func messagesOf(t *testing.T, path, text string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if message, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING {
				messages = append(messages, prose(message))
			}
		}
		return true
	})
	return strings.Join(messages, "\n")
}

// refusedPhrases reads the first column of the page's two tables.
func refusedPhrases(t *testing.T) []refusal {
	t.Helper()
	page := readFile(t, "../../docs/writing.md")
	var refusals []refusal
	for _, head := range []string{"phrase", "phrase in a message"} {
		_, table, found := strings.Cut(page, "| "+head+" | write |\n| --- | --- |\n")
		table, _, _ = strings.Cut(table, "\n\n")
		before := len(refusals)
		for row := range strings.Lines(table) {
			if phrase, _, ok := strings.Cut(strings.TrimPrefix(row, "| "), " | "); ok {
				refusals = append(refusals, newRefusal(phrase, head != "phrase"))
			}
		}
		if n := len(refusals) - before; !found || n < 6 {
			t.Fatalf("docs/writing.md lists only %d phrases under %q", n, head)
		}
	}
	return refusals
}

// newRefusal refuses a phrase between other words, in which … is any word. Its first
// letter may be upper-case, as at the beginning of a sentence.
func newRefusal(phrase string, messages bool) refusal {
	first, rest := phrase[:1], phrase[1:]
	expr := strings.ReplaceAll(regexp.QuoteMeta(rest), "…", `\w[\w-]*`) + `\b`
	if upper := strings.ToUpper(first); upper != first {
		first = `\b[` + first + upper + `]`
	}
	rest, _, _ = strings.Cut(rest, "…")
	return refusal{phrase, rest, regexp.MustCompile(first + expr), messages}
}

// find returns where the phrase is in a text.
func (r refusal) find(text string) [][]int {
	if !strings.Contains(text, r.rest) {
		return nil
	}
	return r.re.FindAllStringIndex(text, -1)
}

// filesOfWords are the Go files and pages, but for the page with the list and for what
// others wrote.
func filesOfWords(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == ".work" || name == "node_modules"):
			return filepath.SkipDir
		case name == "writing.md", name == "writing_test.go":
		case filepath.Ext(name) == ".go", filepath.Ext(name) == ".md":
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) < 100 {
		t.Fatalf("found %d files: %v", len(files), err)
	}
	return files
}

var commentMark = regexp.MustCompile(`\n\s*(?://|>|[*-] )?\s*`)

// prose joins lines, so that a phrase that is broken over two of them is found.
func prose(text string) string { return commentMark.ReplaceAllString(text, " ") }
