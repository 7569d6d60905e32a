package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// blocksFiles may say what Secret blocks are: their client, its constructor, the table of
// kinds of stores, and the checks of flow code, which name blocks.
var blocksFiles = []string{
	"internal/blocks/", "internal/connect/blocks.go", "internal/storekind/", "internal/check/", "internal/pysource/",
	"internal/inspect/flows.go", "internal/notebook/",
}

// ofBlocks matches what only they say, in names and strings.
var ofBlocks = regexp.MustCompile(`(?i)secret ?blocks?\b|block ?(document|type|schema|name)s?\b|openBlocks|^"blocks"$|PREFECT_API_URL`)

// TestOnlyItsOwnFilesKnowBlocks holds the seam: sync, the command and the Action know a
// store by the interfaces of package sync alone.
func TestOnlyItsOwnFilesKnowBlocks(t *testing.T) {
	files := 0
	for _, dir := range []string{"sync", "prefect", "internal", "testkit"} {
		err := filepath.WalkDir("../../"+dir, func(path string, _ fs.DirEntry, err error) error {
			file := strings.TrimPrefix(filepath.ToSlash(path), "../../")
			isOwn := slices.ContainsFunc(blocksFiles, func(own string) bool { return strings.HasPrefix(file, own) })
			if err != nil || isOwn || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			files++
			for _, word := range wordsOfBlocks(t, path) {
				t.Errorf("%s says %s, which only internal/blocks and its constructor should know", file, word)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 || len(wordsOfBlocks(t, "../connect/blocks.go")) == 0 {
		t.Errorf("%d files, and the constructor is not recognised", files)
	}
}

// wordsOfBlocks returns the names and strings of a file that only the client of blocks
// should have.
func wordsOfBlocks(t *testing.T, path string) (words []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.Ident:
			word = n.Name
		case *ast.BasicLit:
			word = n.Value
		}
		if ofBlocks.MatchString(word) || strings.HasSuffix(word, `/internal/blocks"`) {
			words = append(words, word)
		}
		return true
	})
	return words
}
