package cli_test

import (
	"path"
	"slices"
	"strings"
	"testing"
)

func TestArchitectureJustifiesEveryDependency(t *testing.T) {
	var direct []string
	for line := range strings.Lines(readFile(t, "../../go.mod")) {
		if fields := strings.Fields(line); len(fields) == 2 && strings.Contains(fields[0], ".") {
			direct = append(direct, fields[0])
		}
	}
	justified := readJustifiedDependencies(t)
	for _, module := range direct {
		if !slices.Contains(justified, strings.TrimPrefix(module, "github.com/")) {
			t.Errorf("docs/architecture.md does not say what %s is for", module)
		}
	}
	if len(justified) != len(direct) {
		t.Errorf("docs/architecture.md justifies %d dependencies of %d: %q", len(justified), len(direct),
			justified)
	}
}

// readJustifiedDependencies returns the modules in the first cells of the table. One that
// begins with api/ is in the repository of the one before it.
func readJustifiedDependencies(t *testing.T) []string {
	var modules []string
	for _, row := range strings.Split(readSection(t, "Direct dependencies"), "\n| ")[3:] {
		first, _, _ := strings.Cut(row, " |")
		var repository string
		for _, module := range strings.Split(first, ", ") {
			if strings.HasPrefix(module, "api/") {
				module = path.Join(path.Dir(repository), module)
			} else {
				repository = module
			}
			modules = append(modules, module)
		}
	}
	return modules
}

// longestPath is how many files may be between a flag and the wire.
const longestPath = 20

func TestPathOfPruneScope(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(readSection(t, "From --prune-scope to the wire")), "\n| ")[3:]
	if len(rows) > longestPath {
		t.Errorf("the path has %d files, and no more than %d are allowed", len(rows), longestPath)
	}
	checkRows(t, rows, 0)
}

func TestArchitectureAnswers(t *testing.T) {
	checkRows(t, strings.Split(strings.TrimSpace(readSection(t, "Where to look")), "\n| ")[3:], 1)
}

// checkRows checks that the file in one cell of each row has what the last cell names.
func checkRows(t *testing.T, rows []string, fileCell int) {
	t.Helper()
	for _, row := range rows {
		cells := strings.Split(strings.TrimSuffix(row, " |"), " | ")
		if len(cells) != 3 {
			t.Fatalf("the row %q is not of three cells", row)
		}
		file, named := strings.Trim(cells[fileCell], "`"), strings.Trim(cells[2], "`")
		if !strings.Contains(readFile(t, "../../"+file), named) {
			t.Errorf("%s has no %s", file, named)
		}
	}
}

// readSection returns a section of docs/architecture.md.
func readSection(t *testing.T, heading string) string {
	t.Helper()
	_, section, found := strings.Cut(readFile(t, "../../docs/architecture.md"), "# "+heading+"\n")
	if !found {
		t.Fatalf("docs/architecture.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}
