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
	"":                            {"internal/cli", "internal/exit", "internal/interrupts"},
	"internal/cli":                {"internal/panics", "internal/exit", "internal/interrupts", "internal/connect", "internal/sources", "internal/inspect", "internal/run", "internal/actions", "internal/configfile", "internal/report", "internal/cloud", "internal/cloud/fake", "internal/filestore", "internal/server", "internal/nearest", "internal/tomlpos", "internal/upstream", "internal/vault", "sync", "check", "prefect"},
	"internal/actions/githubtest": nil,
	"internal/actions":            {"internal/connect", "internal/exit", "internal/inspect", "internal/interrupts", "internal/nearest", "internal/report", "internal/run", "internal/sources", "sync", "check", "prefect"},
	"internal/report":             {"sync", "check"},
	"internal/connect":            {"internal/cloud", "internal/cloud/fake", "internal/filestore", "sync", "prefect"},
	"internal/sources":            {"sync", "prefect"},
	"internal/interrupts":         {"internal/exit"},
	"internal/inspect":            {"internal/configfile", "internal/exit", "internal/panics", "internal/report", "sync", "check", "prefect"},
	"internal/run":                {"internal/connect", "internal/exit", "internal/inspect", "internal/interrupts", "internal/report", "internal/sources", "sync", "check"},
	"internal/exit":               {"internal/report", "sync", "prefect"},
	"sync":                        {"internal/panics", "prefect", "internal/nearest", "internal/tomlpos"},
	"check":                       {"prefect", "internal/nearest", "internal/tomlpos", "internal/pyliteral", "internal/pysource", "internal/pytoml"},
	"testkit":                     {"prefect", "internal/cloud", "internal/cloud/fake"},
	"internal/cloud":              {"internal/graphql", "internal/nearest"},
	"internal/cloud/fake":         {"internal/cloud", "internal/leaks"},
	"internal/cloud/contract":     nil,
	"internal/cloud/storetest":    {"internal/cloud"},
	"internal/server":             {"internal/cloud", "internal/nearest", "internal/tomlpos", "internal/turns"},
	"internal/vault":              {"internal/cloud"},
	"internal/vault/vaulttest":    {"internal/cloud"},
	"internal/filestore":          {"internal/cloud"},
	"internal/graphql":            nil,
	"internal/leaks":              {"internal/pyliteral"},
	"internal/nearest":            nil,
	"internal/panics":             nil,
	"internal/pyliteral":          nil,
	"internal/pytoml":             nil,
	"internal/configfile":         nil,
	"test/bench/decode":           nil,
	"test/attack":                 nil,
	"test/binary":                 {"internal/cli", "internal/filestore", "internal/server"},
	"test/canary":                 nil,
	"internal/pysource":           {"internal/pyliteral"},
	"internal/tomlpos":            nil,
	"internal/turns":              nil,
	"internal/upstream":           {"internal/cloud", "internal/graphql"},
	"prefect":                     {"internal/configfile", "internal/leaks", "internal/nearest", "internal/pyliteral", "internal/pytoml"},
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

func goList(t *testing.T, format string, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-f", format}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
