package cloud_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// dialects are the dialects by the names of their files.
var dialects = map[string]cloud.Dialect{"ours": cloud.Both, "camel": cloud.Camel, "snake": cloud.Snake}

// TestSchemas compares what clients see of each dialect's schema with
// fixtures/graphql/schema-*.graphql, and reports which fields are missing there or
// here.
func TestSchemas(t *testing.T) {
	for name, dialect := range dialects {
		golden := "../../fixtures/graphql/schema-" + name + ".graphql"
		got := writeSDL(t, introspect(t, dialect))
		want := readGolden(t, golden, got)
		for _, field := range difference(fieldsOf(got), fieldsOf(want)) {
			t.Errorf("%s lacks %s, which the API has in that dialect: run with -update "+
				"if it is meant to be there", golden, field)
		}
		for _, field := range difference(fieldsOf(want), fieldsOf(got)) {
			t.Errorf("the API lacks %s, which %s has", field, golden)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	}
}

// TestWhatClientsSeeOfTheSchema compares the complete introspection, byte for byte,
// and the names that answers to a wrong document suggest.
func TestWhatClientsSeeOfTheSchema(t *testing.T) {
	for name, dialect := range dialects {
		a := newAPI(t, func(c *cloud.Config) { c.Dialect = dialect })
		got := fmt.Sprintf("introspection %x\n", sha256.Sum256(introspect(t, dialect)))
		for _, document := range wrongDocuments {
			body, _ := json.Marshal(map[string]string{"query": document})
			got += "\n" + document + "\n" + post(t, a, adminKey, string(body)).body
		}
		golden := "testdata/schema-" + name + ".txt"
		if diff := cmp.Diff(readGolden(t, golden, got), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
	}
}

// wrongDocuments are answered with similar names.
var wrongDocuments = []string{
	`{secret_nams}`,
	`{secretName}`,
	`{secret_apis{version}}`,
	`{secret{nam update}}`,
	`{secret_value(nam: "a")}`,
	`{secrets_api{vers unreachables(names: [])}}`,
	`mutation{set_secrets(input: {name: "a", value: 1}){success}}`,
	`mutation{setSecrets(input: {name: "a", value: 1}){success}}`,
	`mutation{delete_secret(input: {nam: "a"}){sucess change}}`,
	`mutation{deleteSecret(input: {nam: "a"}){sucess change}}`,
	`query($a: spellin){secret_names}`,
	`query($a: set_secret_inpu, $b: setSecretInpu, $c: secret_bool_ex, $d: order_b){tenant{id}}`,
	`{...on success_payloa{success} ...on secret_ap{version} ...on Quer{tenant{id}}}`,
	`{tenant @in(spellings: [camel]) {id @extension} user @uses(store: false, name: false) ` +
		`{default_membership{tenant_id}}}`,
	`{a: __type(name: "spelling"){name} b: __type(name: "secrets_api"){name} ` +
		`c: __type(name: "setSecretInput"){name} d: __type(name: "set_secret_input"){name}}`,
}

const introspection = `{"query": "{__schema{description queryType{name} mutationType{name} ` +
	`subscriptionType{name} types{...T} directives{name description locations isRepeatable args{...I}}}} ` +
	`fragment T on __Type{kind name description specifiedByUrl isOneOf interfaces{...R} ` +
	`possibleTypes{...R} fields(includeDeprecated: true){name description isDeprecated ` +
	`deprecationReason args{...I} type{...R}} ` +
	`inputFields{...I} enumValues(includeDeprecated: true){name description isDeprecated deprecationReason}} ` +
	`fragment I on __InputValue{name description defaultValue isDeprecated deprecationReason type{...R}} ` +
	`fragment R on __Type{kind name ofType{kind name ofType{kind name ofType{kind name}}}}"}`

func introspect(t *testing.T, dialect cloud.Dialect) []byte {
	t.Helper()
	a := newAPI(t, func(c *cloud.Config) { c.Dialect = dialect })
	got := post(t, a, adminKey, introspection)
	if got.status != 200 || !strings.HasPrefix(got.body, `{"data":`) {
		t.Fatalf("introspection: %d %.300s", got.status, got.body)
	}
	return []byte(got.body)
}

// readGolden returns the content of a golden file, which -update sets to got.
func readGolden(t *testing.T, path, got string) string {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	typeOfSDL  = regexp.MustCompile(`^(?:type|input|enum) (\w+) \{`)
	fieldOfSDL = regexp.MustCompile(`^  (\w+)`)
)

// fieldsOf lists the fields of all types in an SDL, as Type.field.
func fieldsOf(sdl string) (fields []string) {
	var owner string
	for line := range strings.Lines(sdl) {
		if m := typeOfSDL.FindStringSubmatch(line); m != nil {
			owner = m[1]
		} else if m := fieldOfSDL.FindStringSubmatch(line); m != nil {
			fields = append(fields, owner+"."+m[1])
		}
	}
	return fields
}

func difference(list, others []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(others, s) })
}
