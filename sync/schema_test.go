package sync

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

const schemaPath = "../docs/prefect-secrets.schema.json"

// TestSchemaHasTheKeys holds the schema for editors to the keys that a manifest has.
func TestSchemaHasTheKeys(t *testing.T) {
	var schema struct {
		Properties  map[string]any
		Definitions struct {
			Environment struct{ Properties map[string]any }
		}
	}
	data, err := os.ReadFile(schemaPath)
	if err == nil {
		err = json.Unmarshal(data, &schema)
	}
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{}
	for _, level := range []struct {
		shown  map[string]any
		fields []tomlfile.Field
	}{{schema.Properties, m.fields()}, {schema.Definitions.Environment.Properties, m.environmentFields()}} {
		shown, want := []string{}, []string{}
		for name := range level.shown {
			shown = append(shown, name)
		}
		for _, field := range level.fields {
			want = append(want, field.Name)
		}
		slices.Sort(shown)
		slices.Sort(want)
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("keys of the manifest (-) and of its schema (+):\n%s", diff)
		}
	}
}

// beyondSchemas are manifests whose mistake no schema can find: one key contradicts
// another, or the text is of another TOML.
var beyondSchemas = map[string]bool{"required.toml": true, "syntax-toml11.toml": true}

// TestSchemaAgrees compares the schema with the reader: what one takes the other takes.
func TestSchemaAgrees(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{
		"", "api-url = \"embedded\"", "api-url = \"embedded:a.db\"", "api-url = \"https://h\"", "api-url = \"h\"", "api-url = 1",
		"api-url = \"https://u:p@h\"", "api-url = \"https://h/a@b\"", "api-url = \"HTTP://h:1/x?y\"", "api-url = \"ftp://h\"", "api-url = \"\"",
		"api_url = \"https://h\"", "tenants = [\"a\"]", "tenants = [\"a\", \"a\"]", "tenants = [\"a b\"]", "tenants = \"a\"", "tenants = [1]",
		"include = []", "include = \"*\"", "exclude = [\"A\", 1]", "overwrite = \"any\"", "overwrite = \"owned\"", "overwrite = \"all\"", "overwrite = true",
		"[names]\nA = \"B\"", "[names]\nA = \"\"", "[names]\nA = 1", "[names]\n\"\" = \"B\"", "names = \"A\"", "[[names]]\nA = \"B\"",
		"[names.A]\nfrom = \"B\"", "[names.A]\nformat = \"json\"", "[names.A]\nfrom = \"B\"\nfrm = \"C\"", "[names.A]\nfrom = \"B\"\nformat = \"xml\"",
		"[names.A]\nfrom = \"B\"\nformat = \"auto\"\nrequired = true", "[names.A]\nfrom = \"B\"\nrequired = \"yes\"", "[names.A]\nfrom = \"B\"\nformat = \"string\"",
		"[names.A]\nfrom = \"B\"\nformat = \"raw\"", "[names.A]\nfrom = \"B\"\nformat = \"json\"", "[names.A]\nfrom = \" \"",
		"[prune]\nscope = [\"a\"]\nmax-deletes = 0", "[prune]\nmax-deletes = -1", "[prune]\nmax-deletes = 1.5", "[prune]\nmax_deletes = 1", "prune = true",
		"[environments.a]\ntenants = [\"b\"]", "[environments.a.environments.b]", "[environments]\na = 1", "[environments.\" \"]\n", "[environments.a.names]\nA = \"B\"",
		"[environments.a.prune]\nscope = [\"x\"]", "[other]",
		"store = \"cloud-1\"", "store = \"vault\"", "store = \"\"", "store = 1",
	}
	for _, kind := range storekind.All {
		for _, s := range kind.Settings {
			for _, value := range append([]string{"1", ""}, s.Values...) {
				texts = append(texts, fmt.Sprintf("[environments.a]\nstore = %q\n%s = %q", kind.Name, s.Name, value))
			}
		}
	}
	for _, pattern := range []string{"../internal/check/testdata/manifest/*/*.toml", "../fixtures/monorepo/teams/*/prefect-secrets.toml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, path := range paths {
			if beyondSchemas[filepath.Base(path)] {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
	}
	accepted := 0
	for _, text := range texts {
		var document map[string]any
		if _, err := toml.Decode(text, &document); err != nil {
			continue // of no schema's business
		}
		data, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		_, readErr := ParseManifest("prefect-secrets.toml", []byte(text))
		if schemaErr := schema.Validate(value); (schemaErr == nil) != (readErr == nil) {
			t.Errorf("%q:\nthe reader says %v\nthe schema says %v", text, readErr, schemaErr)
		} else if readErr == nil {
			accepted++
		}
	}
	if accepted < 20 {
		t.Errorf("only %d manifests were accepted", accepted)
	}
}
