package cli

import (
	"cmp"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// storePackages are the packages of the kinds of stores.
var storePackages = map[string]string{
	"memory": "internal/cloud", "file": "internal/filestore", "vault": "internal/vault",
}

// TestEveryStoreIsComplete fails with what a new kind of store still lacks.
func TestEveryStoreIsComplete(t *testing.T) {
	var docs strings.Builder
	for _, page := range []string{"../../README.md", "../../docs/serve.md", "../../docs/self-hosting.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		docs.Write(text)
	}
	for _, kind := range (&Command{}).storeKinds() {
		if !strings.Contains(docs.String(), "`"+kind.usage+"`") &&
			!strings.Contains(docs.String(), "--store "+kind.name) {
			t.Errorf("neither the README nor docs/serve.md nor docs/self-hosting.md names --store %s",
				kind.usage)
		}
		kind.flags.VisitAll(func(f *pflag.Flag) {
			if !strings.HasPrefix(f.Name, kind.name+"-") && !strings.HasPrefix(f.Name, "store-") {
				t.Errorf("--%s does not begin with the name of the store %s", f.Name, kind.name)
			}
		})
		pkg, ok := storePackages[kind.name]
		if !ok {
			t.Errorf("storePackages does not say where the store %s is", kind.name)
			continue
		}
		out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.TestImports}}{{.XTestImports}}", "../../"+pkg).Output()
		if err != nil || !strings.Contains(string(out), "/internal/cloud/storetest") {
			t.Errorf("no test in %s runs storetest over the store %s: %v", pkg, kind.name, err)
		}
	}
}

func TestFlagsOfAnotherStore(t *testing.T) {
	kinds := (&Command{}).storeKinds()
	for _, named := range kinds {
		for _, kind := range kinds {
			kind.flags.VisitAll(func(f *pflag.Flag) {
				given := pflag.NewFlagSet("", pflag.ContinueOnError)
				f.Changed = false // of an earlier round
				given.AddFlag(f)
				if err := given.Set(f.Name, cmp.Or(strings.Join(f.Annotations[choicesKey][:min(1, len(f.Annotations[choicesKey]))], ""), "1")); err != nil {
					t.Fatal(err)
				}
				err := checkStoreFlags(given, kinds, named.usage)
				want := "--" + f.Name + " is for --store " + kind.usage + ": leave it out, or name that store"
				if kind.name == named.name && err != nil ||
					kind.name != named.name && (err == nil || err.Error() != want) {
					t.Errorf("--%s with --store %s: %v", f.Name, named.usage, err)
				}
			})
		}
	}
}

func TestStoresAreNamedInFull(t *testing.T) {
	kinds := (&Command{}).storeKinds()
	for store, want := range map[string]string{
		"memory": "memory", "file:a": "file", "file:": "file", "file": "file", "vault": "vault",
		"": "", "memory:a": "", "vault:a": "", "files:a": "", "Memory": "",
	} {
		if got, ok := kindOf(kinds, store); got.name != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v", store, got.name, ok)
		}
	}
	if got := storeUsage(kinds); got != "memory, file:PATH or vault" {
		t.Errorf("got %q", got)
	}
}
