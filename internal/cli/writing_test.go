package cli_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// allowedPhrases are sentences in which a refused phrase is right.
var allowedPhrases = []string{
	"there is none",
}

// TestRefusedPhrases holds Go files and pages to docs/writing.md, which lists the phrases.
func TestRefusedPhrases(t *testing.T) {
	phrases := refusedPhrases(t)
	used := map[string]bool{}
	for _, file := range filesOfWords(t) {
		text := prose(readFile(t, file))
		for _, allowed := range allowedPhrases {
			used[allowed] = used[allowed] || strings.Contains(text, allowed)
			text = strings.ReplaceAll(text, allowed, "")
		}
		for _, phrase := range phrases {
			for _, match := range phrase.FindAllStringIndex(text, -1) {
				around := text[max(0, match[0]-40):min(len(text), match[1]+40)]
				t.Errorf("%s: %q; docs/writing.md says what to write", strings.TrimPrefix(file, "../../"), around)
			}
		}
	}
	for _, allowed := range allowedPhrases {
		if !used[allowed] {
			t.Errorf("no file has %q: take it off the allow-list", allowed)
		}
	}
}

// refusedPhrases reads the first column of the page's table.
func refusedPhrases(t *testing.T) []*regexp.Regexp {
	t.Helper()
	_, table, _ := strings.Cut(readFile(t, "../../docs/writing.md"), "| phrase | write |\n| --- | --- |\n")
	var phrases []*regexp.Regexp
	for row := range strings.Lines(table) {
		if phrase, _, ok := strings.Cut(strings.TrimPrefix(row, "| "), " | "); ok {
			phrases = append(phrases, regexp.MustCompile(`\b`+regexp.QuoteMeta(phrase)+`\b`))
		}
	}
	if len(phrases) < 6 {
		t.Fatalf("docs/writing.md lists only %d phrases", len(phrases))
	}
	return phrases
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
