// Package docs tests the pages: that every block is run, every link leads somewhere,
// and the picture of the terminal is what the command prints.
package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
	"github.com/prefect-secrets/prefect-secrets/test/docs/blocks"
)

const root = "../.."

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "docs")
	if err == nil {
		err = binary.Build(dir)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// TestEveryBlockIsRun fails for a block that no suite runs and that has no reason for
// that, for one that two suites claim, and for a suite or a reason without a block.
func TestEveryBlockIsRun(t *testing.T) {
	all, err := blocks.All(root)
	if err != nil {
		t.Fatal(err)
	}
	owned, excused := map[string]int{}, map[string]bool{}
	for _, block := range all {
		reason, notRun := blocks.Reason(block)
		suites := blocks.SuitesOf(block)
		switch {
		case notRun && strings.Count(reason, " ") < 3:
			t.Errorf("%v: %q is not a reason", block, reason)
		case notRun:
			excused[reason] = true
		case len(suites) != 1:
			t.Errorf("%v is run by %d suites %q: name one in test/docs/blocks", block, len(suites), suites)
		default:
			owned[suites[0]]++
		}
	}
	for _, suite := range append(blocks.Suites, blocks.Shell) {
		if owned[suite.Name] == 0 {
			t.Errorf("no page has a block for the suite %s (%s)", suite.Name, suite.How)
		}
	}
	if len(blocks.NotRun) > 10 {
		t.Errorf("%d blocks are not run, and at most 10 may be", len(blocks.NotRun))
	}
	for block, reason := range blocks.NotRun {
		if !excused[reason] {
			t.Errorf("no page has the block %q any more", block)
		}
	}
}

// readerPages are those whose code lines a reader copies or looks at.
var readerPages = []string{
	"README.md", "SECURITY.md", "SUPPORT.md", "docs/action.md", "docs/cli.md", "docs/manifest.md", "docs/moving-to-prefect-3.md", "docs/recipes.md",
	"docs/security.md", "docs/self-hosting.md", "docs/serve.md",
}

// TestCodeLinesFit holds code to 80 columns, which GitHub shows without scrolling. A
// URL cannot be shorter.
func TestCodeLinesFit(t *testing.T) {
	lines := 0
	for _, page := range readerPages {
		found, err := blocks.Of(root, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range found {
			for line := range strings.Lines(block.Text) {
				lines++
				line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "        ")
				if len([]rune(line)) > 80 && !strings.HasPrefix(line, "#:schema https://") {
					t.Errorf("%v: %d columns: %s", block, len([]rune(line)), line)
				}
			}
		}
	}
	if lines < 200 {
		t.Errorf("the pages have only %d lines of code", lines)
	}
}

var goRelease = regexp.MustCompile(`\bGo (1\.\d+)\b`)

// TestGoRelease holds the Go release that the pages require to go.mod.
func TestGoRelease(t *testing.T) {
	module := regexp.MustCompile(`(?m)^go (1\.\d+)`).FindStringSubmatch(readFile(t, filepath.Join(root, "go.mod")))
	for _, page := range []string{"README.md", "SUPPORT.md"} {
		shown := goRelease.FindAllStringSubmatch(readFile(t, filepath.Join(root, page)), -1)
		if len(shown) == 0 {
			t.Errorf("%s names no release of Go", page)
		}
		for _, m := range shown {
			if m[1] != module[1] {
				t.Errorf("%s says Go %s, and go.mod %s", page, m[1], module[1])
			}
		}
	}
}

// TestExcerpts holds a block that shows a part of a tested file to that file.
func TestExcerpts(t *testing.T) {
	tests := readFile(t, filepath.Join(root, "docs/testing/test_flow.py"))
	for _, block := range suiteBlocks(t, "excerpt") {
		if !strings.Contains(tests, block.Text) {
			t.Errorf("docs/testing/test_flow.py does not have %v:\n%s", block, block.Text)
		}
	}
}

func suiteBlocks(t *testing.T, suite string) []blocks.Block {
	t.Helper()
	found, err := blocks.For(root, suite)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
