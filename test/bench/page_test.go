// Package bench measures this project against what a user would do instead. run.sh measures; the tests here write
// docs/performance.md and its plots from the results, and hold the page to them.
package bench

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables and the plots of docs/performance.md")

const (
	pagePath = "../../docs/performance.md"
	plotsDir = "../../docs/performance"
)

// TestPage compares the tables and the plots with the results in this directory.
func TestPage(t *testing.T) {
	r, err := readResults("results")
	if err != nil {
		t.Fatal(err)
	}
	page := mustRead(t, pagePath)
	written, err := replaceBlock(page, "the summary", summary(r))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		text, unexplained := b.markdown(r)
		for _, row := range unexplained {
			t.Errorf("the row %q misses its bar: write the reason in its block in tables_test.go", row)
		}
		if written, err = replaceBlock(written, b.name, text); err != nil {
			t.Fatal(err)
		}
	}
	hold(t, pagePath, page, written)
	for name, plot := range plots(r) {
		path := filepath.Join(plotsDir, name)
		hold(t, path, mustRead(t, path), plot.svg())
		if !strings.Contains(written, "](performance/"+name+")") {
			t.Errorf("docs/performance.md does not show %s", name)
		}
	}
	if len(r.missing) > 0 {
		t.Fatalf("the results lack what the page shows; run test/bench/run.sh for the part: %q", r.missing)
	}
}

// hold fails if a file is not as it would be written, or writes it.
func hold(t *testing.T, path, got, want string) {
	t.Helper()
	if !*update {
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s is not what the results give; run make docs (-file +results):\n%s", path, diff)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	return string(text)
}
