package graphql

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// standardIntrospection is the query of graphql-js 15, getIntrospectionQuery(),
// which GraphiQL, Apollo's tools and code generators send.
const standardIntrospection = `
query IntrospectionQuery {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types { ...FullType }
    directives { name description locations args { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description
  fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
  inputFields { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name } } } } } } }
}`

func TestStandardIntrospectionQuery(t *testing.T) {
	type typ struct {
		Kind, Name                      string
		Fields, InputFields, EnumValues []struct {
			Name string
			Args []struct{ Name, DefaultValue string }
		}
		Interfaces []any
	}
	var answer struct {
		Errors []any
		Data   struct {
			Schema struct {
				QueryType, MutationType struct{ Name string }
				SubscriptionType        any
				Types                   []typ
				Directives              []struct{ Name string }
			} `json:"__schema"`
		}
	}
	got := run(newTestSchema(t), Request{Query: standardIntrospection})
	if err := json.Unmarshal([]byte(got), &answer); err != nil || answer.Errors != nil {
		t.Fatalf("answer: %v, errors %v", err, answer.Errors)
	}
	schema := answer.Data.Schema
	if schema.QueryType.Name != "Query" || schema.MutationType.Name != "Mutation" || schema.SubscriptionType != nil {
		t.Errorf("roots: %+v", schema)
	}
	byName := map[string]typ{}
	for _, t := range schema.Types {
		byName[t.Name] = t
	}
	if f := byName["Query"].Fields[1]; f.Name != "defaulted" || f.Args[0].DefaultValue != "5" || f.Args[1].DefaultValue != `"x"` {
		t.Errorf("Query.defaulted: %+v", f)
	}
	for _, f := range byName["Query"].Fields {
		if strings.HasPrefix(f.Name, "__") {
			t.Errorf("introspection lists %s", f.Name)
		}
	}
	if byName["thing"].Kind != "INPUT_OBJECT" || len(byName["thing"].InputFields) != 4 || len(byName["direction"].EnumValues) != 2 {
		t.Errorf("thing: %+v direction: %+v", byName["thing"], byName["direction"])
	}
}

func TestTypeByName(t *testing.T) {
	query := `{a: __type(name: "node"){kind fields{name type{kind ofType{name}}}} ` +
		`b: __type(name: "none"){name} ` +
		`c: __type(name: "Boolean"){kind name fields{name} enumValues{name} inputFields{name} ` +
		`interfaces{name} isOneOf specifiedByURL}}`
	want := `{"data":{"a":{"kind":"OBJECT","fields":[` +
		`{"name":"id","type":{"kind":"NON_NULL","ofType":{"name":"Int"}}},{"name":"name",` +
		`"type":{"kind":"SCALAR","ofType":null}},` +
		`{"name":"must","type":{"kind":"NON_NULL","ofType":{"name":"String"}}},{"name":"kids",` +
		`"type":{"kind":"LIST","ofType":{"name":null}}},` +
		`{"name":"many","type":{"kind":"NON_NULL","ofType":{"name":null}}}]},"b":null,` +
		`"c":{"kind":"SCALAR","name":"Boolean","fields":null,"enumValues":null,"inputFields":null,` +
		`"interfaces":null,"isOneOf":null,"specifiedByURL":null}}}`
	if diff := cmp.Diff(want, run(newTestSchema(t), Request{Query: query})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
