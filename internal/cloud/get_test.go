package cloud_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// get sends a GET with a key and the query of a URL.
func get(t *testing.T, h http.Handler, key, query string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test/graphql?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	return send(t, h, r)
}

func TestGet(t *testing.T) {
	const ask = `query N($n: String!){secret_value(name: $n)} query M{secret_names}`
	document := func(query, variables, operation string) string {
		return url.Values{"query": {query}, "variables": {variables}, "operationName": {operation}}.Encode()
	}
	tests := map[string]struct {
		query  string
		status int
		want   string
	}{
		"value":             {document(ask, `{"n":"A"}`, "N"), 200, `{"data":{"secret_value":"v"}}` + "\n"},
		"names":             {document(ask, ``, "M"), 200, `{"data":{"secret_names":["A"]}}` + "\n"},
		"nothing":           {``, 400, "GET query missing."},
		"no query":          {`variables={}`, 400, "Must provide query string."},
		"two queries":       {`query={a}&query={b}`, 400, "GraphQL queries must be strings."},
		"variables no JSON": {document(`{secret_names}`, `{`+canary, ""), 400, "Variables are invalid JSON."},
		"malformed":         {`query=%zz` + canary, 400, "Bad Request: the URL is malformed."},
		"not UTF-8":         {`query={secret_names}%ff`, 400, "Bad Request: the URL is malformed."},
		"invalid": {document(`{none}`, ``, ""), 400,
			`{"errors":[{"message":"Cannot query field \"none\" on type \"Query\".",` +
				`"locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}` +
				"\n"},
		"mutation": {document(setByGet, ``, ""), 405, "GET supports only query operation"},
		"mutation of two": {document(`query Q{secret_names} `+setByGet, ``, "S"), 405,
			"GET supports only query operation"},
		"query of two": {document(`query Q{secret_names} `+setByGet, ``, "Q"), 200,
			`{"data":{"secret_names":["A"]}}` + "\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			post(t, a, adminKey, setSecretBody(`{"name": "A", "value": "v"}`))
			got := get(t, a, runKey, tt.query)
			if got.status != tt.status {
				t.Errorf("status %d, want %d", got.status, tt.status)
			}
			if diff := cmp.Diff(tt.want, got.body); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("a cache may keep it: %v", got.header)
			}
			if (got.header.Get("Allow") == "POST") != (tt.status == 405) {
				t.Errorf("Allow: %v", got.header["Allow"])
			}
		})
	}
}

const setByGet = `mutation S{set_secret(input: {name: "B", value: "` + canary + `"}){success}}`

// A mutation by GET changes nothing, whatever the key, and OnValue gets its value.
func TestMutationByGetChangesNothing(t *testing.T) {
	var recorded []string
	a := newAPI(t, func(c *cloud.Config) {
		c.OnValue = func(name string, value json.RawMessage) {
			recorded = append(recorded, name+"="+string(value))
		}
	})
	if got := get(t, a, adminKey, "query="+url.QueryEscape(setByGet)); got.status != http.StatusMethodNotAllowed {
		t.Errorf("%d %s", got.status, got.body)
	}
	checkQuery(t, a, adminKey, `{secret_names}`, `{"data":{"secret_names":[]}}`)
	if diff := cmp.Diff([]string{`B="` + canary + `"`}, recorded); diff != "" {
		t.Errorf("OnValue (-want +got):\n%s", diff)
	}
}

func TestGetAuthenticatesFirst(t *testing.T) {
	if got := get(t, newAPI(t), "wrong", "").body; got != unauthenticated {
		t.Error(got)
	}
}

// Variables and extensions that come as text must be JSON.
func TestTextOfParametersMustBeJSON(t *testing.T) {
	a := newAPI(t)
	for _, text := range []string{`{` + canary + `}`, `{"a": NaN}`, ` `, `{} {}`, strings.Repeat("[", 20_000)} {
		for parameter, want := range map[string]string{
			"variables": "Variables are invalid JSON.", "extensions": "Extensions are invalid JSON.",
		} {
			quoted, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			query := url.Values{"query": {`{secret_names}`}, parameter: {text}}.Encode()
			byGet := get(t, a, runKey, query)
			byPost := post(t, a, runKey, `{"query":"{secret_names}","`+parameter+`":`+string(quoted)+`}`)
			if byGet.status != 400 || byGet.body != want || byPost.status != 400 || byPost.body != want {
				t.Errorf("%s %.20s: %d %.40s, %d %.40s", parameter, text, byGet.status, byGet.body, byPost.status, byPost.body)
			}
		}
	}
}
