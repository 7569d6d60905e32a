// Package blocks finds the fenced blocks of this repository's pages, and knows which
// suite runs each of them.
package blocks

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Block is a fenced block of a page.
type Block struct {
	Page     string // below the root of the repository, with slashes
	Line     int    // of the first line within the fence
	Language string // empty if the fence has none
	Text     string
}

func (b Block) String() string { return fmt.Sprintf("%s:%d (%s)", b.Page, b.Line, b.Language) }

// Pages returns the Markdown files of the repository, but for those that suites make
// and those that tests take for input.
func Pages(root string) (pages []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && slices.Contains([]string{".git", ".work", "node_modules", "testdata"}, name) {
			return filepath.SkipDir
		}
		if filepath.Ext(name) == ".md" {
			path, err = filepath.Rel(root, path)
			pages = append(pages, filepath.ToSlash(path))
		}
		return err
	})
	return pages, err
}

// Of returns the fenced blocks of a page, those within lists too.
func Of(root, page string) ([]Block, error) {
	source, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		return nil, err
	}
	var found []Block
	err = ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		fence, ok := n.(*ast.FencedCodeBlock)
		if !ok || !entering || fence.Lines().Len() == 0 {
			return ast.WalkContinue, nil
		}
		found = append(found, Block{
			Page:     page,
			Line:     1 + bytes.Count(source[:fence.Lines().At(0).Start], []byte("\n")),
			Language: string(fence.Language(source)),
			Text:     string(fence.Lines().Value(source)),
		})
		return ast.WalkContinue, nil
	})
	return found, err
}

// All returns the blocks of all pages.
func All(root string) (all []Block, err error) {
	pages, err := Pages(root)
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		found, err := Of(root, page)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Suite takes blocks from the pages and runs them.
type Suite struct {
	Name string
	// How says where the blocks are run, and how.
	How  string
	Owns func(Block) bool
}

// movingPage shows one workflow for two stores, which only one suite has.
const movingPage = "docs/moving-to-prefect-3.md"

// Suites has every suite. A block belongs to the one that owns it, and to no other.
var Suites = []Suite{
	{"checks", "internal/check TestDocs: the example, the flow and the output of each rule", func(b Block) bool {
		return b.Page == "docs/checks.md" && slices.Contains([]string{"toml", "python", "text"}, b.Language)
	}},
	{"consumer", "testkit TestConsumer: compiled and tested in a module of its own", func(b Block) bool {
		return b.Language == "go" && (b.Page == "README.md" || b.Page == "docs/testing.md")
	}},
	{"excerpt", "TestExcerpts: part of a file that test/prefect/run.sh runs", func(b Block) bool {
		return b.Page == "docs/testing.md" && b.Language == "python"
	}},
	{"selfhosting", "test/selfhosting/run.sh: each command, in order", func(b Block) bool {
		return b.Page == "docs/self-hosting.md" && b.Language == "sh"
	}},
	{"moving", "test/blocks/run.sh: with a real server of Prefect 3 beside serve", func(b Block) bool {
		return b.Page == movingPage
	}},
	{"workflow", "test/runner TestShownWorkflows: on a runner, and actionlint", func(b Block) bool {
		return b.Page != movingPage && b.Language == "yaml" && strings.Contains("\n"+b.Text, "\njobs:\n")
	}},
	{"container", "test/runner TestShownContainers: on a Docker engine", func(b Block) bool {
		return b.Language == "sh" && strings.Contains(b.Text, "docker run ")
	}},
	{"release", "test/release/run.sh: from a release that the suite makes", func(b Block) bool {
		return b.Language == "sh" && (strings.Contains(b.Text, "go install ") || strings.Contains(b.Text, "/releases/"))
	}},
	{"flow", "test/selfhosting/run.sh: with a real Prefect, on the server of that page", func(b Block) bool {
		return b.Page == "README.md" && b.Language == "sh" && strings.Contains(b.Text, "python flow.py")
	}},
	{"keysfile", "TestKeysFiles: a server starts with it", func(b Block) bool {
		return (b.Page == "docs/serve.md" || b.Page == "docs/action.md") && b.Language == "toml"
	}},
	{"audit", "TestAuditLine: a server writes such a line", func(b Block) bool {
		return b.Page == "docs/serve.md" && b.Language == "json"
	}},
	{"manifest", "TestManifests: check has no finding", func(b Block) bool {
		return b.Page == "docs/manifest.md" && b.Language == "toml"
	}},
	{"precommit", "TestPreCommit: the arguments go to the hook's command", func(b Block) bool {
		return b.Language == "yaml" && strings.HasPrefix(b.Text, "repos:\n")
	}},
}

// Shell runs what no other suite owns: the sh blocks of a page, in order.
var Shell = Suite{"shell", "TestShell: in a shell, with the command and a server", func(b Block) bool {
	return b.Language == "sh"
}}

// NotRun are blocks that no suite runs, each with the reason; the key is the page and
// the first line.
var NotRun = map[string]string{
	"docs/compatibility.md: go test ./internal/cloud -run Contract -api URL -keys FILE":       "it is for an endpoint of the reader; test/apollo runs it against Apollo Server",
	"CONTRIBUTING.md: go test ./...      # no network, no Docker, no Python":                  "it is what CI runs, this test among it",
	"SECURITY.md: repo=https://github.com/prefect-secrets/prefect-secrets":                    "it needs a release; test/release signs one, and verifies it with a key of its own",
	"docs/recipes.md: - run: go run github.com/prefect-secrets/prefect-secrets@latest action": "it is for runners of macOS and Windows; test/runner runs prefect-secrets action with such variables",
	"docs/upstream.md: agents, flow runs, CI":                                                 "it is a drawing and no command",
	"docs/upstream.md: curl -H 'Content-Type: application/json' \\":                           "it asks a Prefect Server, which needs Hasura and PostgreSQL",
	"docs/self-hosting.md: curl -H 'Content-Type: application/json' \\":                       "it asks a Prefect Server, which needs Hasura and PostgreSQL",
	"docs/upstream.md: prefect-secrets serve --upstream http://apollo:4200 \\":                "docs/self-hosting.md has the whole command, and its suite runs it",
	"docs/upstream.md: export PREFECT__BACKEND=cloud":                                         "an agent runs until it is stopped; docs/self-hosting.md has the same, and its suite runs it",
}

// SuitesOf returns the names of all suites that own a block.
func SuitesOf(b Block) (names []string) {
	if _, ok := NotRun[b.key()]; ok {
		return nil
	}
	for _, suite := range Suites {
		if suite.Owns(b) {
			names = append(names, suite.Name)
		}
	}
	if names == nil && Shell.Owns(b) {
		names = []string{Shell.Name}
	}
	return names
}

// For returns the blocks that a suite runs.
func For(root, suite string) (owned []Block, err error) {
	all, err := All(root)
	for _, b := range all {
		if slices.Equal(SuitesOf(b), []string{suite}) {
			owned = append(owned, b)
		}
	}
	if err == nil && len(owned) == 0 {
		err = fmt.Errorf("no page has a block for the suite %s", suite)
	}
	return owned, err
}

func (b Block) key() string {
	first, _, _ := strings.Cut(b.Text, "\n")
	return b.Page + ": " + first
}

// Reason returns why a block is not run, if it is one of those.
func Reason(b Block) (string, bool) {
	reason, ok := NotRun[b.key()]
	return reason, ok
}
