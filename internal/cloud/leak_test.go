package cloud_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// canary is in place of every value in a request that fails.
const canary = "cAnArY7f3a"

// wrongRequests are bodies whose answers must not hold the canary.
var wrongRequests = map[string]string{
	"no JSON":                    `{"query": "` + canary,
	"no JSON after the query":    `{"query": "{secret_names}", ` + canary + `}`,
	"query of another kind":      `{"query": ["` + canary + `"]}`,
	"operation name":             `{"query": "query a{secret_names}", "operationName": "` + canary + `"}`,
	"operation name of odd kind": `{"query": "{secret_names}", "operationName": {"` + canary + `": 1}}`,
	"variables no JSON":          `{"query": "{secret_names}", "variables": "{` + canary + `}"}`,
	"variables a number": `{"query": "{secret_names}", "variables": 5, "` + canary + `": "` +
		canary + `"}`,
	"value null beside the name": setSecretBody(`{"name": "` + canary + `", "value": null}`),
	"value missing":              setSecretBody(`{"name": "` + canary + `"}`),
	"name no string":             setSecretBody(`{"name": ["` + canary + `"], "value": "` + canary + `"}`),
	"value under another key": setSecretBody(`{"name": "a", "` + canary + `": "` + canary +
		`", "value": "` + canary + `"}`),
	"input a string": setSecretBody(`"` + canary + `"`),
	"input a list":   setSecretBody(`[{"name": "a", "value": "` + canary + `"}, 1]`),
	"lone surrogate": setSecretBody(`{"name": "` + canary + `\ud800", "value": 1}`),
	"refused by role": `{"query": "mutation{set_secret(input: {name: \"a\", value: \"` +
		canary + `\"}){success}}"}`,
	"name too long": setSecretBody(`{"name": "` + strings.Repeat(canary, 30) + `", "value": "` +
		canary + `"}`),
	"value too large":            setSecretBody(`{"name": "a", "value": "` + strings.Repeat(canary, 7000) + `"}`),
	"literal in the wrong place": `{"query": "mutation{set_secret(input: \"` + canary + `\"){success}}"}`,
	"literal of a wrong kind":    `{"query": "{secret_value(name: {a: \"` + canary + `\"})}"}`,
	"literal without quotes": `{"query": "mutation{set_secret(input: {name: \"a\", value: ` +
		canary + `}){success}}"}`,
	"literal enum": `{"query": "{secret(order_by: {name: ` + canary + `}){name}}"}`,
	"literal uuid": `{"query": "{tenant(where: {id: {_eq: \"` + canary + `\"}}){id}}"}`,
	"uuid": `{"query": "query($i: uuid){tenant(where: {id: {_eq: $i}}){id}}", ` +
		`"variables": {"i": "` + canary + `"}}`,
	"two literals": `{"query": "mutation{set_secret(input: {name: \"a\", value: \"` +
		canary + `\" \"` + canary + `\"}){success}}"}`,
	"quote that closes early": `{"query": "mutation{set_secret(input: {name: \"a\", ` +
		`value: \"x\"` + canary + `\"}){success}}"}`,
	"string that does not end": `{"query": "mutation{set_secret(input: {name: \"a\", value: \"` +
		canary + `"}`,
	"invalid escape": `{"query": "{secret_value(name: \"\\` + canary + `\")}"}`,
	"key of a JSON literal twice": `{"query": "mutation{set_secret(input: {name: \"a\", value: {` +
		canary + `: 1, ` + canary + `: 2}}){success}}"}`,
	"conflicting literals": `{"query": "{a: secret_value(name: \"` + canary +
		`\") a: secret_value(name: \"b\")}"}`,
	"default that does not fit": `{"query": "query($n: Int = \"` + canary +
		`\"){secret(limit: $n){name}}"}`,
	"argument unknown": `{"query": "{secret_names(value: \"` + canary + `\")}"}`,
	"field of an input unknown": `{"query": "mutation{set_secret(input: {name: \"a\", valeu: \"` +
		canary + `\"}){success}}"}`,
	"secret that is not there": `{"query": "{secret_value(name: \"` + canary + `\")}"}`,
	"directive with a wrong":   `{"query": "{secret_names @skip(if: \"` + canary + `\")}"}`,
	"batch with a wrong one": `[{"query": "{secret_value(name: 1, x: \"` + canary +
		`\")}"}, {"query": "{` + `secret_value(name: [\"` + canary + `\"])}"}]`,
	"value that no variable takes": `{"query": "mutation($v: String!){set_secret(input: {name: \"a\", ` +
		`value: $v}){success}}", "variables": {"v": "` + canary + `"}}`,
	"variables of another document": `{"query": "{secret_nmaes}", "variables": {"value": "` + canary + `"}}`,
}

func setSecretBody(input string) string {
	return `{"query": "mutation($input: set_secret_input!) {set_secret(input: $input) ` +
		`{success}}", "variables": {"input": ` + input + `}}`
}

func TestNoErrorHoldsAValue(t *testing.T) {
	for name, body := range wrongRequests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, func(c *cloud.Config) {
				c.OnInvalid = func(message string) {
					if strings.Contains(message, canary) {
						t.Errorf("OnInvalid is called with %s", message)
					}
				}
			})
			for _, key := range []string{adminKey, runKey, "team-key", canary} {
				got := post(t, a, key, body)
				if strings.Contains(got.body, canary) || strings.Contains(strings.Join(headerText(got), ""), canary) {
					t.Errorf("as %s: %d %s", key, got.status, got.body)
				}
				if strings.HasPrefix(got.body, `{"data"`) && key != adminKey {
					t.Errorf("as %s nothing went wrong: %s", key, got.body)
				}
			}
		})
	}
}

func headerText(a answer) []string {
	var out []string
	for name, values := range a.header {
		out = append(append(out, name), values...)
	}
	return out
}

// storedValue is a value that no key in FuzzHandler may read.
const storedValue = "sToReDvAlUe91"

// FuzzHandler looks for panics, for answers that are not JSON, and for a stored
// value that is returned to a key or a token that must not read it.
func FuzzHandler(f *testing.F) {
	for _, body := range wrongRequests {
		f.Add(body)
	}
	f.Add(`{"query": "{secret(where: {name: {_in: [\"stored\"]}}, order_by: [{name: desc}], ` +
		`limit: 1){name version}}"}`)
	f.Add(`[{"query": "query a{...f} fragment f on Query{auth_info{tenant_id}}", "variables": "null", ` +
		`"operationName": "a"}]`)
	f.Add(`{"query": "query($w: secret_bool_exp){secret(where: $w){name}}", ` +
		`"variables": {"w": {"_or": [{"_not": {"name": {"_ilike": "%R_d\\\\"}}}, {"name": {"_gt": null}}]}}}`)
	f.Add(`{"query": "mutation{a: switch_tenant(input: {tenant_id: \"` + tenantA +
		`\"}){access_token} b: refreshToken(input: {accessToken: \"x\"}){expiresAt}}"}`)
	f.Fuzz(func(t *testing.T, body string) {
		a := newAPI(t)
		post(t, a, adminKey, setSecretBody(`{"name": "stored", "value": "`+storedValue+`"}`))
		access, refresh := login(t, a, adminKey, tenantA)
		start := time.Now()
		for _, key := range []string{adminKey, "team-key", "team-runner", access, refresh, body} {
			got := postAndGet(t, a, key, body)
			if strings.Contains(got.body, storedValue) && !strings.Contains(body, storedValue) {
				t.Errorf("as %s the stored value comes out: %s", key, got.body)
			}
			isJSON := strings.HasPrefix(got.header.Get("Content-Type"), "application/json")
			if isJSON && !json.Valid([]byte(got.body)) || !utf8.ValidString(got.body) {
				t.Errorf("as %s no JSON: %s", key, got.body)
			}
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d bytes took %s", len(body), took)
		}
	})
}

// postAndGet returns the answer to a POST of a body, and checks the answers to GETs
// with the same text in the URL.
func postAndGet(t *testing.T, a *cloud.API, key, body string) answer {
	t.Helper()
	if strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		key = "none"
	}
	got := post(t, a, key, body)
	for _, query := range []string{body, "query=" + url.QueryEscape(body)} {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: query},
			Header: http.Header{"Authorization": {"Bearer " + key}}}
		byGet := send(t, a, r.WithContext(t.Context())).body
		if strings.HasPrefix(byGet, "{") && !json.Valid([]byte(byGet)) {
			t.Errorf("by GET not JSON: %s", byGet)
		} else if strings.Contains(byGet, storedValue) && !strings.Contains(body, storedValue) {
			t.Errorf("by GET the stored value comes out: %s", byGet)
		}
	}
	return got
}
