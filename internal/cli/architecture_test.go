package cli_test

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestArchitectureDrawsEveryArrow(t *testing.T) {
	drawn := drawnArrows(t)
	for from, imported := range arrows {
		for _, to := range imported {
			if from == "internal/cli" || isForTests(from) || slices.Contains(drawn[place(from)], place(to)) {
				continue
			}
			t.Errorf("docs/architecture.md does not draw %s → %s", place(from), place(to))
		}
	}
}

func isForTests(pkg string) bool {
	return strings.HasPrefix(pkg, "test/") || strings.HasPrefix(pkg, "internal/") && strings.HasSuffix(pkg, "test")
}

// place is what the drawing calls a package.
func place(pkg string) string {
	if pkg == "" {
		return "main"
	}
	return strings.TrimPrefix(pkg, "internal/")
}

var arrow = regexp.MustCompile(`([^\s,]+(?:, [^\s,]+)*) → ([^\s,]+(?:, [^\s,]+)*)`)

func drawnArrows(t *testing.T) map[string][]string {
	drawn := map[string][]string{"main": {"cli"}}
	for _, m := range arrow.FindAllStringSubmatch(architecture(t, "Who imports whom"), -1) {
		for _, from := range strings.Split(m[1], ", ") {
			drawn[from] = append(drawn[from], strings.Split(m[2], ", ")...)
		}
	}
	return drawn
}

func TestArchitectureNamesEveryPackage(t *testing.T) {
	named := architecture(t, "How it is built")
	for pkg := range arrows {
		if !strings.Contains(named, "`"+pkg+"/`") && !strings.Contains(named, "`"+path.Base(pkg)+"` ") && !strings.HasPrefix(pkg, "test/bench/") && pkg != "" {
			t.Errorf("docs/architecture.md does not say what %s is", pkg)
		}
	}
}

func TestArchitectureJustifiesEveryDependency(t *testing.T) {
	var direct []string
	for line := range strings.Lines(read(t, "../../go.mod")) {
		if fields := strings.Fields(line); len(fields) == 2 && strings.Contains(fields[0], ".") {
			direct = append(direct, fields[0])
		}
	}
	justified := justifiedDependencies(t)
	for _, module := range direct {
		if !slices.Contains(justified, strings.TrimPrefix(module, "github.com/")) {
			t.Errorf("docs/architecture.md does not say what %s is for", module)
		}
	}
	if len(justified) != len(direct) {
		t.Errorf("docs/architecture.md justifies %d dependencies of %d: %q", len(justified), len(direct), justified)
	}
}

// justifiedDependencies are the first cells of the table, in which api/auth is in
// the repository of the one before it.
func justifiedDependencies(t *testing.T) []string {
	var modules []string
	for _, row := range strings.Split(architecture(t, "Direct dependencies"), "\n| ")[3:] {
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

// longestPath is how many files a flag may pass on its way to the wire.
const longestPath = 20

func TestPathOfPruneScope(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(architecture(t, "From --prune-scope to the wire")), "\n| ")[3:]
	if len(rows) > longestPath {
		t.Errorf("the path has %d files, and no more than %d are allowed", len(rows), longestPath)
	}
	for _, row := range rows {
		cells := strings.Split(strings.TrimSuffix(row, " |"), " | ")
		if len(cells) != 3 {
			t.Fatalf("the row %q is not of three cells", row)
		}
		file, named := strings.Trim(cells[0], "`"), strings.Trim(cells[2], "`")
		if !strings.Contains(read(t, "../../"+file), named) {
			t.Errorf("%s has no %s", file, named)
		}
	}
}

// architecture is a section of the page.
func architecture(t *testing.T, heading string) string {
	t.Helper()
	_, section, found := strings.Cut(read(t, "../../docs/architecture.md"), "# "+heading+"\n")
	if !found {
		t.Fatalf("docs/architecture.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
