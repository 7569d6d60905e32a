package sources

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableIsWhatTheDocsShow(t *testing.T) {
	if missing := missing(t, Table); len(missing) > 0 {
		t.Errorf("missing:\n%s", strings.Join(missing, "\n"))
	}
}

// The test names what else a new source needs, besides its reader in sync and its
// row.
func TestANewSourceListsWhatItLacks(t *testing.T) {
	last := ""
	for _, s := range Table {
		if s.Input != "" {
			last = s.Name
		}
	}
	added := Source{Name: "vault-path", Flag: "a path in Vault", Input: "Path in Vault", read: Table[0].read}
	want := []string{
		"action.yml has no input vault-path after " + last + ` that says "Path in Vault"`,
		`docs/action.md has no row of the input vault-path that says "Path in Vault"`,
		"docs/cli.md does not name --vault-path",
		"internal/cli/testdata/script/sources.txtar does not give --vault-path",
	}
	if diff := cmp.Diff(want, missing(t, append(slices.Clone(Table), added))); diff != "" {
		t.Error(diff)
	}
}

// missing returns what the table has and the files lack.
func missing(t *testing.T, table []Source) (missing []string) {
	page, command, action := readFile(t, "docs/action.md"), readFile(t, "docs/cli.md"), readFile(t, "action.yml")
	script := readFile(t, "internal/cli/testdata/script/sources.txtar")
	lacks := func(text, part, format string, args ...any) {
		if !strings.Contains(text, part) {
			missing = append(missing, fmt.Sprintf(format, args...))
		}
	}
	before, above := "", ""
	for _, s := range table {
		if s.Input != "" {
			entry := fmt.Sprintf("  %s:\n    description: %s\n", s.Name, s.Input)
			lacks(page, fmt.Sprintf("| `%s` | %s | |\n", s.Name, s.Input), "docs/action.md has no row of the input %s that says %q", s.Name, s.Input)
			lacks(action, above+entry, "action.yml has no input %s after %s that says %q", s.Name, before, s.Input)
			before, above = s.Name, entry
		}
		if s.Flag != "" {
			lacks(command, "`--"+s.Name, "docs/cli.md does not name --%s", s.Name)
			lacks(script, "--"+s.Name+" ", "internal/cli/testdata/script/sources.txtar does not give --%s", s.Name)
		}
	}
	slices.Sort(missing)
	return missing
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
