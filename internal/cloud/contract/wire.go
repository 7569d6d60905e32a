package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	typeJSON  = "application/json; charset=utf-8"
	typeText  = "text/html; charset=utf-8"
	typeQuery = `{"data":{"__typename":"Query"}}` + "\n"
)

// wire sends requests in the accepted forms, and in others.
func (s *suite) wire(t *testing.T) {
	deep := "{__typename" + strings.Repeat(" ...{ __typename", 3) + strings.Repeat("}", 4)
	for name, tt := range map[string]struct {
		body   string
		status int
		kind   string
		want   string // the body; with … at its end, a prefix
	}{
		"no variables":      {`{"query":"{__typename}"}`, 200, typeJSON, typeQuery},
		"null variables":    {`{"query":"{__typename}","variables":null}`, 200, typeJSON, typeQuery},
		"variables of null": {`{"query":"{__typename}","variables":"null"}`, 200, typeJSON, typeQuery},
		"variables object": {`{"query":"query($y: Boolean!){__typename @include(if: $y)}",` +
			`"variables":{"y":true}}`, 200, typeJSON, typeQuery},
		"variables text": {`{"query":"query($y: Boolean!){__typename @include(if: $y)}",` +
			`"variables":"{\"y\": true}"}`, 200, typeJSON, typeQuery},
		"inline fragments": {`{"query":` + quote(deep) + `}`, 200, typeJSON, typeQuery},
		"operation by name": {`{"query":"query a{__typename} query b{b: __typename}",` +
			`"operationName":"b"}`, 200, typeJSON, `{"data":{"b":"Query"}}` + "\n"},
		"spaces and a BOM": {"\n\t {\"query\":\"\\ufeff{__typename}\"}", 200, typeJSON, typeQuery},
		"variables no JSON": {`{"query":"{__typename}","variables":"{NaN}"}`, 400, typeText,
			"Variables are invalid JSON."},
		"no query":      {`{"variables":"null"}`, 400, typeText, "Must provide query string."},
		"empty query":   {`{"query":""}`, 400, typeText, "Must provide query string."},
		"query no text": {`{"query":1}`, 400, typeText, "GraphQL queries must be strings."},
		"no JSON":       {`{`, 400, typeText, "Bad Request…"},
		"syntax": {`{"query":"query{"}`, 400, typeJSON,
			`{"errors":[{"message":"Syntax Error: Expected Name, found <EOF>","locations":[{"line":1,` +
				`"column":7}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}` + "\n"},
		"unknown field": {`{"query":"{nothing}"}`, 400, typeJSON,
			`{"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\"…`},
		"variable not given": {`{"query":"query($n: String!){secret_value(name: $n)}"}`, 400,
			typeJSON, `{"errors":[{"message":"Variable \"$n\" of required type \"String!\" was not ` +
				`provided.","locations":[{"line":1,"column":7}],` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}` + "\n"},
		"variable does not fit": {`{"query":"query($n: String!){secret_value(name: $n)}",` +
			`"variables":{"n":1}}`, 400, typeJSON,
			`{"errors":[{"message":"Variable \"$n\" got an invalid value; ` +
				`Expected type String. String cannot represent a non string value.","locations":[{"line":1,` +
				`"column":7}],"extensions":{"code":"BAD_USER_INPUT"}}]}` + "\n"},
		"too many fields": {`{"query":"{` + strings.Repeat("a ", 1001) + `}"}`, 400, typeJSON,
			`{"errors":[{"message":"The document has more than 1000 fields.",` +
				`"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}` + "\n"},
		"too many tokens": {`{"query":"{a(b: [` + strings.Repeat("1 ", 20_001) + `])}"}`, 400,
			typeJSON, `{"errors":[{"message":"The document has more than 20000 tokens.",` +
				`"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}` + "\n"},
		"too deep": {`{"query":"{` + strings.Repeat("a{", 8) + "a" +
			strings.Repeat("}", 8) + `}"}`, 400, typeJSON,
			`{"errors":[{"message":"The document exceeds the maximum operation depth of 7.",` +
				`"locations":[{"line":1,"column":1}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}` +
				"\n"},
	} {
		got := s.send(t, request{key: s.AdminKey, body: tt.body})
		prefix, isPrefix := strings.CutSuffix(tt.want, "…")
		fits := got.body == prefix || isPrefix && strings.HasPrefix(got.body, prefix)
		if got.status != tt.status || got.header.Get("Content-Type") != tt.kind || !fits {
			t.Errorf("%s: %d %s %.300s\nwant %d %s %s", name, got.status,
				got.header.Get("Content-Type"), got.body, tt.status, tt.kind, tt.want)
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, got.header)
		}
	}
}

func quote(s string) string {
	out, _ := json.Marshal(s)
	return string(out)
}

// batches sends several documents in one request, and several fields in one.
func (s *suite) batches(t *testing.T) {
	body := `[{"query":"{a: __typename}"},{"query":"{none}"},{"query":"query b{__typename}",` +
		`"variables":"null"}]`
	got := s.send(t, request{key: s.AdminKey, body: body})
	begin, end := `[{"data":{"a":"Query"}},{"errors":[{"message":"Cannot query field \"none\"`,
		`},{"data":{"__typename":"Query"}}]`+"\n"
	if got.status != http.StatusOK || !strings.HasPrefix(got.body, begin) || !strings.HasSuffix(got.body, end) {
		t.Errorf("a batch: %d %s", got.status, got.body)
	}
	text := s.ask(t, s.AdminKey, `mutation($n: String!){z: set_secret(input: {name: $n, value: {a: [$n, `+
		`1.50]}}){success} a: deleteSecret(input: {name: $n}){s: success __typename} `+
		`z: set_secret(input: {name: $n, value: {a: [$n, 1.50]}}){t: __typename}}`,
		map[string]string{"n": s.name("alias")})
	checkEqual(t, "aliases in their order, merged",
		`{"data":{"z":{"success":true,"t":"success_payload"},"a":{"s":true,`+
			`"__typename":"success_payload"}}}`, text)
	missing := s.ask(t, s.RunnerKey, `query($n: String!){secret_value(name: $n)}`,
		map[string]string{"n": s.name("alias")})
	if !strings.Contains(missing, "No value found for the requested key") {
		t.Errorf("set and then delete leaves %s", missing)
	}
}

// get checks that queries may come in a URL, and mutations may not.
func (s *suite) get(t *testing.T) {
	s.set(t, "by GET", `"`+canary+`"`)
	ask := urlQuery("query", `query($n: String!){secret_value(name: $n)}`, "variables",
		`{"n":`+quote(s.name("by GET"))+`}`)
	got := s.send(t, request{method: http.MethodGet, path: "/graphql" + ask, key: s.RunnerKey})
	want := `{"data":{"secret_value":"` + canary + `"}}` + "\n"
	if got.status != http.StatusOK || got.body != want || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a query: %d %v %s", got.status, got.header, got.body)
	}
	change := urlQuery("query", `mutation{delete_secret(input: {name: `+quote(s.name("by GET"))+`}){success}}`)
	got = s.send(t, request{method: http.MethodGet, path: "/graphql" + change, key: s.AdminKey})
	if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != http.MethodPost {
		t.Errorf("a mutation: %d %v %s", got.status, got.header, got.body)
	}
	if len(s.runNames(t)) == 0 {
		t.Error("a mutation by GET was carried out")
	}
	got = s.send(t, request{method: http.MethodGet, path: "/graphql", key: s.AdminKey})
	if got.status != http.StatusBadRequest || got.body != "GET query missing." {
		t.Errorf("no query: %d %s", got.status, got.body)
	}
	got = s.send(t, request{method: http.MethodPut, key: s.AdminKey, body: `{"query":"{__typename}"}`})
	if got.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d %s", got.status, got.body)
	}
}

// paths sends to the paths of all releases of Prefect.
func (s *suite) paths(t *testing.T) {
	for path, status := range map[string]int{"": 200, "/": 200, "/graphql": 200, "/graphql/": 200,
		"/graphql/alpha": 200, "/graphql/beta": 404} {
		got := s.send(t, request{path: path, key: s.AdminKey, body: `{"query":"{__typename}"}`})
		if got.status != status {
			t.Errorf("%q: %d %s, want %d", path, got.status, got.body, status)
		}
	}
}

// types asks for the schema as tools do, if the endpoint shows it.
func (s *suite) types(t *testing.T) {
	got := s.ask(t, s.AdminKey, `query IntrospectionQuery{__schema{description queryType{name} mutationType{name} subscriptionType{name}
  directives{name isRepeatable locations args{name defaultValue}} types{kind name specifiedByUrl fields(includeDeprecated: true){name type{kind name ofType{kind name ofType{kind name}}}}}}}`, nil)
	if strings.Contains(got, "introspection is not allowed") {
		return
	}
	for _, part := range []string{`"queryType":{"name":"Query"}`, `"mutationType":{"name":"Mutation"}`,
		`"set_secret"`, `"setSecret"`, `"secret_bool_exp"`} {
		if !strings.Contains(got, part) {
			t.Errorf("introspection has no %s: %.300s", part, got)
		}
	}
}

// echo sends values where they do not belong and looks for them in the answers.
func (s *suite) echo(t *testing.T) {
	document := `mutation($input: set_secret_input!) {set_secret(input: $input) {success}}`
	for i, body := range []string{
		`{"query": "` + canary, `{"query": {"a": "` + canary + `"}}`,
		`{"query": "{__typename}", "variables": "` + canary + `"}`,
		`{"query": "{__typename}", "operationName": "` + canary + `"}`,
		`{"query": "{secret_value(name: {x: \"` + canary + `\"})}"}`,
		`{"query": "{a(x: \"` + canary + `\" \"` + canary + `\")}"}`, `{"query": "{a(x: \"` + canary + `"}`,
		s.document(t, document, map[string]any{"input": map[string]any{"name": 1, "value": canary}}),
		s.document(t, document, map[string]any{"input": map[string]any{"name": "a", "value": nil,
			canary: canary}}),
		s.document(t, document, map[string]any{"input": []string{canary}}),
		s.document(t, document, map[string]any{"input": map[string]any{"name": "", "value": canary}}),
		s.document(t, document, map[string]any{"input": map[string]any{"name": "a",
			"value": strings.Repeat(canary, 7000)}}),
	} {
		for who, key := range map[string]string{"nobody": "", "admin": s.AdminKey, "runner": s.RunnerKey} {
			got := s.send(t, request{key: key, body: body})
			if strings.Contains(got.body, canary) || strings.Contains(fmt.Sprint(got.header), canary) {
				t.Errorf("request %d as %s: %s", i, who, got.body)
			}
		}
	}
}
