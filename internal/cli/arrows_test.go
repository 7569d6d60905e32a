package cli_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/prefect-secrets/prefect-secrets"

// arrows are the imports that docs/architecture.md draws. The command may import
// everything but testkit, which would bring go-cmp into the binary.
var arrows = map[string][]string{
	"":                            {"internal/cli"},
	"internal/cli":                {"internal/panics", "internal/actions", "internal/configfile", "internal/report", "internal/cloud", "internal/cloud/fake", "internal/filestore", "internal/server", "internal/nearest", "internal/tomlpos", "internal/upstream", "internal/vault", "sync", "internal/check", "internal/release", "prefect", "prefect/config"},
	"internal/actions/githubtest": nil,
	"internal/actions":            {"internal/nearest", "internal/report", "sync", "internal/check", "prefect"},
	"internal/report":             {"sync", "internal/check"},
	"sync":                        {"internal/panics", "prefect", "prefect/config", "internal/nearest", "internal/release", "internal/tomlpos"},
	"internal/check":              {"prefect/config", "internal/nearest", "internal/release", "internal/tomlpos", "internal/pyliteral", "internal/pysource", "internal/pytoml"},
	"testkit":                     {"prefect", "prefect/config", "internal/cloud", "internal/cloud/fake"},
	"internal/cloud":              {"internal/graphql", "internal/nearest"},
	"internal/cloud/fake":         {"internal/cloud", "internal/leaks", "internal/address"},
	"internal/cloud/contract":     nil,
	"internal/cloud/storetest":    {"internal/cloud"},
	"internal/server":             {"internal/cloud", "internal/keysfile", "internal/turns"},
	"internal/keysfile":           {"internal/cloud", "internal/nearest", "internal/tomlfile", "internal/address"},
	"internal/vault":              {"internal/cloud", "internal/address"},
	"internal/vault/vaulttest":    {"internal/cloud"},
	"internal/filestore":          {"internal/cloud"},
	"internal/graphql":            {"internal/surrogate"},
	"internal/leaks":              {"internal/pyliteral"},
	"internal/nearest":            nil,
	"internal/panics":             nil,
	"internal/pyliteral":          nil,
	"internal/pytoml":             nil,
	"internal/configfile":         nil,
	"test/bench/decode":           nil,
	"test/attack":                 nil,
	"test/binary":                 {"internal/cli", "internal/filestore", "internal/keysfile"},
	"test/canary":                 nil,
	"internal/pysource":           {"internal/pyliteral"},
	"internal/tomlfile":           {"internal/nearest", "internal/tomlpos"},
	"internal/tomlpos":            nil,
	"internal/surrogate":          nil,
	"internal/pause":              nil,
	"internal/turns":              nil,
	"internal/upstream":           {"internal/cloud", "internal/graphql"},
	"internal/release":            {"internal/pyliteral", "internal/pytoml"},
	"prefect":                     {"internal/leaks", "internal/nearest", "internal/pyliteral", "prefect/config"},
	"prefect/config":              {"internal/configfile", "internal/pyliteral", "internal/release"},
}

func TestImportArrows(t *testing.T) {
	for _, line := range goList(t, "{{.ImportPath}} {{join .Imports \" \"}}", module+"/...") {
		pkg, imports, _ := strings.Cut(line, " ")
		allowed, known := arrows[inHouse(pkg)]
		if !known {
			t.Errorf("%s has no place in the house", pkg)
		}
		for _, imported := range strings.Fields(imports) {
			if strings.HasPrefix(imported, module+"/") && !slices.Contains(allowed, inHouse(imported)) {
				t.Errorf("%s imports %s", pkg, imported)
			}
		}
	}
}

func inHouse(pkg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
}

func TestBinaryHoldsNoTestLibrary(t *testing.T) {
	deps := goList(t, "{{.ImportPath}}", "-deps", module)
	for _, dep := range deps {
		if strings.HasPrefix(dep, "github.com/google/go-cmp") || strings.HasPrefix(dep, "github.com/santhosh-tekuri/") || dep == "testing" || dep == module+"/testkit" {
			t.Errorf("the binary holds %s", dep)
		}
	}
	if len(deps) < 10 {
		t.Errorf("go list gave only %d packages", len(deps))
	}
}

// What serves in production knows no faults, and has no code that could make one.
func TestProductionKnowsNoFaults(t *testing.T) {
	deps := goList(t, "{{.ImportPath}}", "-deps", module+"/internal/server", module+"/internal/cloud", module+"/internal/upstream",
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

func goList(t *testing.T, format string, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-f", format}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
