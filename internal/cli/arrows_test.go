package cli_test

import (
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/prefect-secrets/prefect-secrets"

// TestArchitectureDrawsEveryArrow compares the tables of packages in
// docs/architecture.md with the packages and their imports from this module.
func TestArchitectureDrawsEveryArrow(t *testing.T) {
	drawn, real := readDrawnImports(t), listImports(t)
	for pkg := range drawn {
		if _, ok := real[pkg]; !ok {
			t.Errorf("docs/architecture.md has the package %s, which does not exist", pkg)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(real)) {
		if _, ok := drawn[pkg]; !ok {
			t.Errorf("docs/architecture.md has no row for the package %s", pkg)
		}
		for _, to := range difference(real[pkg], drawn[pkg]) {
			t.Errorf("docs/architecture.md does not draw %s → %s", pkg, to)
		}
		for _, to := range difference(drawn[pkg], real[pkg]) {
			t.Errorf("docs/architecture.md draws %s → %s, and it does not import that", pkg, to)
		}
	}
}

// readDrawnImports reads the rows of three cells: package, description, imports.
func readDrawnImports(t *testing.T) map[string][]string {
	drawn := map[string][]string{}
	for line := range strings.Lines(readSection(t, "Where things are")) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		pkg, isCode := strings.CutPrefix(strings.TrimSpace(cells[0]), "`")
		if !isCode || len(cells) != 3 {
			continue
		}
		pkg = tableName(strings.TrimSuffix(pkg, "`"))
		if _, twice := drawn[pkg]; twice {
			t.Errorf("docs/architecture.md has two rows for %s", pkg)
		}
		drawn[pkg] = strings.FieldsFunc(cells[2], func(r rune) bool { return r == ' ' || r == ',' })
	}
	return drawn
}

// listImports returns the imports of each package from this module.
func listImports(t *testing.T) map[string][]string {
	all := map[string][]string{}
	for _, line := range runGoList(t, "{{.ImportPath}} {{join .Imports \" \"}}", module+"/...") {
		pkg, imported, _ := strings.Cut(line, " ")
		var names []string
		for _, to := range strings.Fields(imported) {
			if strings.HasPrefix(to, module+"/") {
				names = append(names, tableName(relativePath(to)))
			}
		}
		all[tableName(relativePath(pkg))] = names
	}
	return all
}

func relativePath(pkg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
}

// tableName returns the name of a package in the tables.
func tableName(pkg string) string {
	if pkg == "" {
		return "main.go"
	}
	return strings.TrimPrefix(pkg, "internal/")
}

func difference(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

func TestBinaryHoldsNoTestLibrary(t *testing.T) {
	deps := runGoList(t, "{{.ImportPath}}", "-deps", module)
	for _, dep := range deps {
		if strings.HasPrefix(dep, "github.com/google/go-cmp") ||
			strings.HasPrefix(dep, "github.com/santhosh-tekuri/") || dep == "testing" || dep == module+"/testkit" {
			t.Errorf("the binary holds %s", dep)
		}
	}
	if len(deps) < 10 {
		t.Errorf("go list gave only %d packages", len(deps))
	}
}

// The Dockerfile must copy every package of the binary, and .dockerignore must allow it.
func TestImageHasEveryPackage(t *testing.T) {
	dockerfile, ignore := readFile(t, "../../Dockerfile"), readFile(t, "../../.dockerignore")
	for _, dep := range runGoList(t, "{{.ImportPath}}", "-deps", module) {
		if !strings.HasPrefix(dep, module+"/") {
			continue
		}
		dir := relativePath(dep)
		for !strings.Contains(dockerfile, "\nCOPY "+dir+" ./"+dir+"\n") || !strings.Contains(ignore, "\n!"+dir+"\n") {
			if dir = path.Dir(dir); dir == "." {
				t.Errorf("the image is built without %s", relativePath(dep))
				break
			}
		}
	}
}

// A server in production contains no code that injects faults.
func TestProductionKnowsNoFaults(t *testing.T) {
	deps := runGoList(t, "{{.ImportPath}}", "-deps",
		module+"/internal/server", module+"/internal/cloud", module+"/internal/upstream",
		module+"/internal/vault", module+"/internal/filestore")
	for _, dep := range deps {
		if strings.HasPrefix(dep, module+"/testkit") || dep == module+"/internal/cloud/fake" {
			t.Errorf("a server holds %s", dep)
		}
	}
	if !slices.Contains(deps, module+"/internal/graphql") {
		t.Errorf("go list gave only %d packages", len(deps))
	}
}

func runGoList(t *testing.T, format string, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-f", format}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
