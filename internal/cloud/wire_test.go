package cloud_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

const fixtures = "../../fixtures/graphql"

type wireError struct {
	Message    string
	Locations  []struct{ Line, Column int }
	Path       []any
	Extensions struct{ Code string }
}

// apolloDiffers lists the probes whose answer here differs on purpose, with our
// message. If that is empty, only the message differs, because Apollo's repeats the
// input.
var apolloDiffers = map[string]string{
	"value null": `Variable "$input" got an invalid value at "input.value"; ` +
		`Expected non-nullable type JSON! not to be null.`,
	"value missing": `Variable "$input" got an invalid value; ` +
		`Field value of required type JSON! was not provided.`,
	"name not string": `Variable "$input" got an invalid value at "input.name"; ` +
		`Expected type String. String cannot represent a non string value.`,
	"extra input field": `Variable "$input" got an invalid value; ` +
		`A field is not defined by type set_secret_input, which has: name, value.`,
	"unknown query field": `Cannot query field "secret_valu" on type "Query". Did you mean ` +
		`"secret_value", "secretValue", "secret_names", ` +
		`"secrets_api", or "secretNames"?`,
}

// probesOfTheirServer are about Apollo's test server, not about Apollo: its schema
// without camelCase, a name that its resolver refuses, and the page that Express
// returns for a body that is not JSON.
var probesOfTheirServer = map[string]bool{"old field setSecret": true,
	"AuthenticationError in resolver": true, "body not json": true}

func TestAnswersAreApollos(t *testing.T) {
	a := newAPI(t)
	for _, line := range readFixtureLines(t, "apollo-server-2.25.4.jsonl") {
		var p struct {
			Probe, Request, Body string
			Status               int
			ContentType          string `json:"content_type"`
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if probesOfTheirServer[p.Probe] {
			continue
		}
		t.Run(p.Probe, func(t *testing.T) {
			key, contentType := runKey, "application/json"
			if strings.Contains(p.Request, "mutation") {
				key = adminKey
			}
			if p.Probe == "text/plain" {
				contentType = "text/plain"
			}
			got := post(t, a, key, p.Request, "Content-Type: "+contentType)
			if got.status != p.Status || got.header.Get("Content-Type") != p.ContentType {
				t.Errorf("%d %s, want %d %s", got.status, got.header.Get("Content-Type"), p.Status,
					p.ContentType)
			}
			if diff := cmp.Diff(withMessage(t, p.Body, apolloDiffers[p.Probe]), withMessage(t, got.body, "")); diff != "" {
				t.Errorf("(-Apollo +here):\n%s", diff)
			}
		})
	}
}

// withMessage decodes an answer, and replaces the message of its only error.
func withMessage(t *testing.T, body, message string) any {
	t.Helper()
	if !strings.HasPrefix(body, "{") {
		return body
	}
	var out struct {
		Errors []wireError
		Data   json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatal(err)
	}
	if message != "" {
		out.Errors[0].Message = message
	}
	return out
}

func readFixtureLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fixtures, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func TestAuthentication(t *testing.T) {
	const (
		unauthenticated = `{"errors":[{"message":"Unauthenticated",` +
			`"extensions":{"code":"UNAUTHENTICATED"}}],"data":null}`
		malformed = `{"errors":"Malformed Authorization header"}`
		fine      = `{"data":{"secret_names":[]}}`
	)
	tests := map[string]struct{ header, want string }{
		"none":          {"", unauthenticated},
		"unknown":       {"Bearer CANARY", unauthenticated},
		"expired":       {"Bearer old-key", unauthenticated},
		"not yet":       {"Bearer fresh-key", fine},
		"known":         {"Bearer admin-key", fine},
		"lower case":    {"bearer admin-key", fine},
		"no scheme":     {"admin-key", malformed},
		"other scheme":  {"Basic admin-key", malformed},
		"no token":      {"Bearer ", malformed},
		"two words":     {"Bearer admin-key x", malformed},
		"double spaced": {"Bearer  admin-key", malformed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			headers := []string{}
			if tt.header != "" {
				headers = append(headers, "Authorization: "+tt.header)
			}
			// What is not authenticated is not parsed: the document is wrong.
			document := `{"query": "{CANARY"}`
			if tt.want == fine {
				document = `{"query": "{secret_names}"}`
			}
			got := post(t, newAPI(t), "", document, headers...)
			if got.status != http.StatusOK {
				t.Errorf("status %d", got.status)
			}
			if diff := cmp.Diff(tt.want+"\n", got.body); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTwoAuthorizationHeadersAreMalformed(t *testing.T) {
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/",
		strings.NewReader(`{}`))
	r.Header["Authorization"] = []string{"Bearer " + adminKey, "Bearer " + runKey}
	if got := send(t, newAPI(t), r).body; got != `{"errors":"Malformed Authorization header"}`+"\n" {
		t.Error(got)
	}
}

func TestEndpoints(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
	}{
		{"POST", "", 200}, {"POST", "/", 200}, {"POST", "/graphql", 200}, {"POST", "/graphql/", 200},
		{"POST", "/graphql/alpha", 200}, {"POST", "/graphql/alpha/", 200},
		{"POST", "/graphql/beta", 404}, {"POST", "/secrets", 404}, {"POST", "//", 404}, {"GET", "/none", 404},
		{"GET", "/graphql", 200}, {"PUT", "/", 405}, {"OPTIONS", "/", 405}, {"HEAD", "/", 405},
	}
	a := newAPI(t)
	for _, tt := range tests {
		r, err := http.NewRequestWithContext(t.Context(), tt.method,
			"http://api.test"+tt.path+"?query={secret_names}",
			strings.NewReader(`{"query":"{secret_names}"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+adminKey)
		r.Header.Set("Content-Type", "application/json; charset=UTF-8")
		got := send(t, a, r)
		if got.status != tt.status || (tt.status == 405) != (got.header.Get("Allow") == "GET, POST") {
			t.Errorf("%s %s: %d %v %s, want %d", tt.method, tt.path, got.status, got.header, got.body,
				tt.status)
		}
	}
}

func TestBodies(t *testing.T) {
	const names = `{"data":{"secret_names":[]}}`
	tests := map[string]struct {
		body   string
		status int
		want   string
	}{
		"null variables": {`{"query":"{secret_names}","variables":null}`, 200, names},
		"object":         {`{"query":"{secret_names}","variables":{}}`, 200, names},
		"null text": {`{"query":"{secret_names}","variables":"null","operationName":null,` +
			`"extensions":{}}`, 200, names},
		"text of a number": {`{"query":"{secret_names}","variables":"5"}`, 400,
			`{"errors":[{"message":"Variables must be provided as an Object where each property is a ` +
				`variable value.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`},
		"empty text": {`{"query":"{secret_names}","variables":""}`, 400,
			`{"errors":[{"message":"Variables must be provided as an Object where each property is a ` +
				`variable value.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`},
		"query is a number": {`{"query":7}`, 400, "GraphQL queries must be strings."},
		"operationName": {`{"query":"query a{secret_names} query b{t: __typename}",` +
			`"operationName":"b"}`, 200, `{"data":{"t":"Query"}}`},
		"operationName is odd": {`{"query":"{secret_names}","operationName":["CANARY"]}`, 400,
			`{"errors":[{"message":"Unknown operation name.",` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`},
		"no JSON": {`{`, 400, "Bad Request: the body is not a GraphQL request in JSON."},
		"deep": {`{"query":"{secret_names}","x":` + strings.Repeat("[", 250_000) +
			strings.Repeat("]", 250_000) + "}", 400, "Bad Request: the body nests deeper than 10000 levels."},
		"a batch that is deep": {"[" + strings.Repeat(`{"a":`, 10_000) + "1" +
			strings.Repeat("}", 10_000) + "]", 400, "Bad Request: the body nests deeper than 10000 levels."},
		"brackets in a string": {`{"query":"{secret_names}","x":"` + strings.Repeat(`[\"`, 20_000) +
			"}", 400, "Bad Request: the body is not a GraphQL request in JSON."},
		"a string": {`"{secret_names}"`, 400,
			"Bad Request: the body is not a GraphQL request in JSON."},
		"empty": {``, 500, "POST body missing. Did you forget use body-parser middleware?"},
		"not UTF-8": {"{\"query\":\"{secret_names} # \xff\"}", 400,
			"Bad Request: the body is not UTF-8."},
		"empty batch": {` []`, 500,
			"POST body missing. Did you forget use body-parser middleware?"},
		"batch with an error": {`[{"query":"{secret_names}"},{"query":"{none}"}]`, 200,
			`[` + names + `,{"errors":[{"message":"Cannot query field \"none\" on type \"Query\".",` +
				`"locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}]`},
		"batch without query": {`[{"query":"{secret_names}"},{}]`, 200,
			`[` + names + `,{"errors":[{"message":"Must provide query string.",` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}]`},
		"empty object": {` { }`, 500,
			"POST body missing. Did you forget use body-parser middleware?"},
		"byte order mark":      {"\ufeff" + `{"query":"{secret_names}"}`, 200, names},
		"variables are a list": {`{"query":"{secret_names}","variables":["x"]}`, 200, names},
		"other case": {`{"Query":"{secret_names}","QUERY":"{none}"}`, 400,
			"Must provide query string."},
		"two of one name": {`{"query":"{none}","query":"{secret_names}"}`, 200, names},
		"query is false":  {`{"query":false}`, 400, "Must provide query string."},
		"query is true":   {`{"query":true}`, 400, "GraphQL queries must be strings."},
		"no extensions": {`{"query":"{secret_names}","extensions":"{CANARY"}`, 400,
			"Extensions are invalid JSON."},
		"extensions": {`{"query":"{secret_names}","extensions":"{}"}`, 200, names},
		"persisted query": {`{"extensions":{"persistedQuery":{"version":1,` +
			`"sha256Hash":"CANARY"}}}`, 200,
			`{"errors":[{"message":"PersistedQueryNotSupported",` +
				`"extensions":{"code":"PERSISTED_QUERY_NOT_SUPPORTED"}}]}`},
		"operationName is empty": {`{"query":"query a{secret_names}","operationName":""}`, 400,
			`{"errors":[{"message":"Unknown operation name.",` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}`},
		"batch, variables no JSON": {`[{"query":"{secret_names}"},{"query":"{secret_names}",` +
			`"variables":"{CANARY"}]`, 400, "Variables are invalid JSON."},
		"batch of numbers": {`[1]`, 200,
			`[{"errors":[{"message":"Must provide query string.",` +
				`"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}]`},
		"long batch": {"[" + strings.Repeat(`{"query":"{secret_names}"},`,
			cloud.MaxBatch) + `{"query":"{a}"}]`, 400, "A batch holds at most 50 documents."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := post(t, newAPI(t), adminKey, tt.body)
			want := tt.want
			if strings.HasPrefix(want, "{") || strings.HasPrefix(want, "[") {
				want += "\n"
			}
			if got.status != tt.status || got.body != want {
				t.Errorf("%d %s\nwant %d %s", got.status, got.body, tt.status, want)
			}
		})
	}
}

func TestIntrospectionTurnedOff(t *testing.T) {
	a := newAPI(t, func(c *cloud.Config) { c.NoIntrospection = true })
	for _, field := range []string{`__schema{description}`, `t: __type(name: \"JSON\"){name}`,
		`... on Query{...{__schema{description}}}`} {
		got := post(t, a, adminKey, `{"query":"{`+field+`}"}`)
		if got.status != 400 || !strings.Contains(got.body, "GRAPHQL_VALIDATION_FAILED") ||
			!strings.Contains(got.body, `"message":"GraphQL introspection is not allowed`) {
			t.Errorf("%s: %d %s", field, got.status, got.body)
		}
	}
	checkQuery(t, a, adminKey, `{__typename auth_info{__typename}}`,
		`{"data":{"__typename":"Query","auth_info":{"__typename":"auth_info"}}}`)
}

func TestContentTypes(t *testing.T) {
	for headers, status := range map[string]int{
		"Content-Type: application/json":                                200,
		"Content-Type: Application/JSON; Charset=\"UTF-8\"":             200,
		"Content-Type: application/json; charset=latin1":                415,
		"Content-Type: application/graphql":                             500,
		"Content-Type: text/plain":                                      500,
		"Content-Type: /":                                               500,
		"Content-Encoding: identity":                                    200,
		"Content-Encoding: gzip":                                        415,
		"Content-Type: application/json; charset=utf-8; charset=latin1": 500,
		"Content-Type: application/json; version=2":                     200,
	} {
		if got := post(t, newAPI(t), adminKey, `{"query":"{secret_names}"}`, headers); got.status != status {
			t.Errorf("%s: %d %s, want %d", headers, got.status, got.body, status)
		}
	}
}

func TestBodyThatIsTooLarge(t *testing.T) {
	for _, chunked := range []bool{true, false} {
		a := newAPI(t)
		body := []byte(`{"query": "{CANARY}", "x": "` + strings.Repeat("x", cloud.MaxBody) + `"}`)
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/",
			bytes.NewReader(body))
		if chunked {
			r.ContentLength = -1
		}
		r.Header = http.Header{"Authorization": {"Bearer " + adminKey}, "Content-Type": {"application/json"}}
		got := send(t, a, r)
		want := `{"errors":[{"message":"The request is larger than 5242880 bytes.",` +
			`"extensions":{"code":"BAD_USER_INPUT"}}]}` + "\n"
		if got.status != http.StatusRequestEntityTooLarge || got.body != want {
			t.Errorf("%d %.200s", got.status, got.body)
		}
	}
}

func TestOnInvalid(t *testing.T) {
	var messages []string
	a := newAPI(t, func(c *cloud.Config) { c.OnInvalid = func(m string) { messages = append(messages, m) } })
	for _, q := range []string{`{secret_names}`, `{secret_nmaes}`, `{`,
		`{secret_value(name: \"CANARY\")}`, `query($n: String!){secret_value(name: $n)}`} {
		post(t, a, adminKey, `{"query":"`+q+`"}`)
	}
	want := []string{
		`Cannot query field "secret_nmaes" on type "Query". Did you mean "secret_names", "secretNames", ` +
			`"secret_value", "secretValue", or "secrets_api"?`,
		"Syntax Error: Expected Name, found <EOF>",
		`Variable "$n" of required type "String!" was not provided.`,
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
