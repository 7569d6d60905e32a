package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// knowBlocks lists the code that may know what Secret blocks are, who reads them, and how
// their names are folded. A path that ends with a slash is a directory.
var knowBlocks = []struct{ path, reason string }{
	{"internal/blocks/", "the client"},
	{"internal/connect/blocks.go", "its constructor"},
	{"internal/storekind/", "the table of kinds: settings, keys and names of each"},
	{"internal/pysource/", "finds blocks that Python code reads and saves"},
	{"internal/check/", "the rules over those, for check --flows"},
}

// otherMeanings lists the code that uses one of the words for something that has nothing
// to do with blocks, or passes one on. The words are what matches there.
var otherMeanings = []struct{ path, words, reason string }{
	{
		"internal/apikey/", `"[^"]*Prefect( Cloud)? 2 or 3[^"]*"|"PREFECT_API_AUTH_STRING"`,
		"keys that are never sent to the other kind",
	},
	{"prefect/answer.go", `"[^"]*answers like the API of Prefect 2 or 3[^"]*"`, "the message for a URL that is not one of Prefect 1"},
	{"internal/release/version.go", `"[^"]*keep secrets as blocks[^"]*"`, "the message for a release that is not one of Prefect 1"},

	{"sync/store.go", `Reader|BulkReader`, "what reads values back"},
	{"sync/run.go", `Reader|ReaderFrom`, "what reads values back"},
	{
		"sync/running.go", `[rR]eader|pacedReader|readerFor|checkReader|ReaderFrom|"this reader has no tenants[^"]*"`,
		"what reads values back",
	},
	{"sync/access.go", `reader|checkReader|pacedReader`, "what reads values back"},
	{"sync/paced.go", `Reader|pacedReader`, "what reads values back"},
	{"sync/verify.go", `[rR]eader|BulkReader|pacedReader`, "what reads values back"},
	{"internal/run/run.go", `Reader|ReaderFrom`, "what reads values back"},
	{"internal/sources/", `Reader`, "reads sources"},
	{"internal/actions/options.go", `Reader|reader`, "reads sources"},
	{"internal/cli/flags.go", `Reader|reader`, "reads sources"},
	{"internal/cli/cli.go", `Reader`, "reads from a stream"},
	{"internal/interrupts/", `Reader|reader`, "reads from a stream"},
	{"internal/keysfile/", `reader|newReader`, "reads a keys file"},
	{"internal/notebook/", `reader`, "reads a notebook"},
	{"internal/pytoml/", `reader`, "reads TOML"},
	{"internal/release/", `reader|HasOwnReader`, "reads TOML"},
	{"internal/graphql/variables.go", `variableReader`, "reads variables"},
	{"internal/cloud/storetest/", `"a reader saw half of a write"`, "who reads while others write"},
	{"testkit/stream.go", `reader`, "reads from a stream"},
	{"internal/exit/", `foldEqual|folded`, "folds lines of a message"},
	{"internal/report/", `blocks?|parseBlock|fold|[Ff]olded|foldedWords`, "blocks of Markdown, and what is folded on a page"},
	{"internal/cli/sync.go", `Folded`, "what is folded on a page"},
	{"internal/server/", `[bB]locksOthers`, "whether a request blocks others"},
	{"internal/turns/", `BlocksOthers`, "whether a request blocks others"},
	{"internal/vault/", `folder|isFolder`, "folders of Vault"},
	{"internal/yamlscalar/", `block|blockLines`, "block scalars of YAML"},
	{"internal/pyliteral/", `block`, "blocks of Unicode"},
}

// ofBlocks matches a name or a string that may be about Secret blocks: one with the word
// block, reader or fold, also inside a name such as openBlocks, and what Prefect 2 and 3
// alone have.
var ofBlocks = regexp.MustCompile(`(^|[^A-Za-z])(?i:blocks?|readers?|folds?|folded|folding|folder)([^a-z]|$)` +
	`|(?:Block|Reader|Fold)(?:s|ed|er|ing)?([^a-z]|$)|[a-z](?:Block|Reader|Fold)` +
	`|PREFECT_API_URL|PREFECT_API_AUTH_STRING|Prefect( Cloud)? 2 or 3|block_(?:documents|types|schemas)`)

// TestOnlyItsOwnFilesKnowBlocks holds the seam: sync, the command and the Action know a
// store by the interfaces of package sync alone.
func TestOnlyItsOwnFilesKnowBlocks(t *testing.T) {
	seen := map[string]int{}
	for _, dir := range []string{"main.go", "sync", "prefect", "internal", "testkit"} {
		err := filepath.WalkDir("../../"+dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file := strings.TrimPrefix(filepath.ToSlash(path), "../../")
			for _, said := range wordsOfBlocks(t, path, nil) {
				if place := mayKnow(file, said.word); place != "" {
					seen[place]++
				} else {
					t.Errorf("%s:%d says %s, which only internal/blocks and its constructor should know", file, said.line, said.word)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, own := range knowBlocks {
		if seen[own.path] == 0 {
			t.Errorf("%s (%s) knows nothing of blocks: remove it from the list", own.path, own.reason)
		}
	}
	for _, other := range otherMeanings {
		if seen[other.path+" "+other.words] == 0 {
			t.Errorf("%s (%s) has none of its words: remove it from the list", other.path, other.reason)
		}
	}
}

// mayKnow returns the row of the lists that lets a file have a word; empty for none.
func mayKnow(file, word string) string {
	for _, own := range knowBlocks {
		if within(file, own.path) {
			return own.path
		}
	}
	for _, other := range otherMeanings {
		if within(file, other.path) && regexp.MustCompile(`^(?:`+other.words+`)$`).MatchString(word) {
			return other.path + " " + other.words
		}
	}
	return ""
}

func within(file, place string) bool {
	return file == place || strings.HasSuffix(place, "/") && strings.HasPrefix(file, place)
}

// TestWordsOfBlocks shows which words the seam has, and which it does not see.
func TestWordsOfBlocks(t *testing.T) {
	const src = `package p
import ("io"; "strings"; "example.com/ast"; "github.com/prefect-secrets/prefect-secrets/internal/blocks")
// Blocks, readers and folds may be in a comment.
func f(reader io.Reader, name string) {
	strings.EqualFold(ast.BlockValue, name)
	_, _ = strings.NewReader, blocks.New
	isBlock, blocksOf, foldName, unfolded := "a Secret block", "the reader", "folds", "blocked"
	x.Reader, x.readers, x.NameFolder, unblock = "/block_types/", "PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "Prefect 2 or 3"
}`
	var words []string
	for _, said := range wordsOfBlocks(t, "p.go", src) {
		words = append(words, said.word)
	}
	want := []string{
		`"github.com/prefect-secrets/prefect-secrets/internal/blocks"`, "reader", "blocks",
		"isBlock", "blocksOf", "foldName", `"a Secret block"`, `"the reader"`, `"folds"`,
		"Reader", "readers", "NameFolder", `"/block_types/"`, `"PREFECT_API_URL"`, `"PREFECT_API_AUTH_STRING"`, `"Prefect 2 or 3"`,
	}
	if !slices.Equal(words, want) {
		t.Errorf("got  %q\nwant %q", words, want)
	}
	for _, file := range []string{
		"sync/plan.go", "sync/manifest_store.go", "internal/planfile/planfile.go", "internal/connect/connect.go",
		"internal/cli/cli.go", "internal/actions/action.go", "internal/connect/key.go",
	} {
		for _, word := range []string{"isBlock", "blocks", `"block"`, "readers", "foldName", `"folds"`, `"the reader"`} {
			if place := mayKnow(file, word); place != "" {
				t.Errorf("%s may say %s, by %s", file, word, place)
			}
		}
	}
}

type said struct {
	word string
	line int
}

// wordsOfBlocks returns the names and strings of a file that match ofBlocks. What other
// modules export, such as io.Reader, does not count.
func wordsOfBlocks(t *testing.T, file string, src any) (words []said) {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	foreign := foreignPackages(parsed)
	ast.Inspect(parsed, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			return !ok || !foreign[x.Name]
		case *ast.Ident:
			word = n.Name
		case *ast.BasicLit:
			word = n.Value
		}
		if ofBlocks.MatchString(word) {
			words = append(words, said{word, fset.Position(n.Pos()).Line})
		}
		return true
	})
	return words
}

// foreignPackages returns the names under which a file imports packages of other modules.
func foreignPackages(file *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil || strings.Contains(imported, "/prefect-secrets/") {
			continue
		}
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = true
	}
	return names
}
