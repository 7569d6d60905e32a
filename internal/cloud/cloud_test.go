package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
)

const (
	tenantA  = "11111111-1111-4111-8111-111111111111"
	tenantB  = "22222222-2222-4222-8222-222222222222"
	adminKey = "admin-key"
	runKey   = "runner-key"
)

var clock = time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)

func now() time.Time { return clock }

func testConfig() cloud.Config {
	return cloud.Config{
		Store: cloud.NewMemory(now), Now: now,
		Tenants: []cloud.Tenant{{ID: tenantA, Slug: "main", Name: "Main"}, {ID: tenantB, Slug: "data"}},
		Keys: []cloud.Key{
			{Name: "ci", Secret: adminKey, Role: cloud.Admin, Tenants: []string{tenantA, tenantB}},
			{Name: "agent", Secret: runKey, Role: cloud.Runner, Tenants: []string{tenantA}},
			{Name: "old", Secret: "old-key", Role: cloud.Admin, Tenants: []string{tenantA}, Expires: clock},
			{Name: "fresh", Secret: "fresh-key", Role: cloud.Admin, Tenants: []string{tenantA},
				Expires: clock.Add(1)},
			{Name: "team", Secret: "team-key", Role: cloud.Admin, Tenants: []string{tenantA},
				Patterns: []string{"team_*", "x?z"}},
			{Name: "team agent", Secret: "team-runner", Role: cloud.Runner, Tenants: []string{tenantA},
				Patterns: []string{"team_*"}},
		},
	}
}

func newAPI(t testing.TB, change ...func(*cloud.Config)) *cloud.API {
	t.Helper()
	c := testConfig()
	for _, f := range change {
		f(&c)
	}
	a, err := cloud.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// newEngine makes an API like newAPI, with faults and a record of calls.
func newEngine(t testing.TB, change ...func(*cloud.Config)) *fake.Engine {
	t.Helper()
	c := testConfig()
	for _, f := range change {
		f(&c)
	}
	e, err := fake.NewEngine(c, true)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// post sends a body with a key. Headers are "Name: value".
func post(t testing.TB, h http.Handler, key, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.test/graphql",
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return send(t, h, r)
}

func send(t testing.TB, h http.Handler, r *http.Request) answer {
	t.Helper()
	resp, err := cloud.Transport(h).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// checkQuery sends a document and compares the answer, without the line break at its
// end.
func checkQuery(t testing.TB, h http.Handler, key, document, want string) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": document})
	if diff := cmp.Diff(want+"\n", post(t, h, key, string(body)).body); diff != "" {
		t.Errorf("%s as %s (-want +got):\n%s", document, key, diff)
	}
}

// errorBody returns an answer with one error, at the start of a query.
func errorBody(message, path, code string) string {
	return fmt.Sprintf(`{"errors":[{"message":%q,"locations":[{"line":1,"column":2}],"path":[%q],`+
		`"extensions":{"code":%q}}],"data":{%q:null}}`, message, path, code, path)
}

func TestMemoryKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) cloud.Store { return cloud.NewMemory(time.Now) })
}

func TestSnapshot(t *testing.T) {
	m := cloud.NewMemory(now)
	set := func(value string) {
		if _, err := m.Set(t.Context(), tenantA, "a", json.RawMessage(value), "ci", false); err != nil {
			t.Fatal(err)
		}
	}
	set(`1`)
	restore := m.Snapshot()
	for range 2 {
		set(`2`)
		restore()
		if v, err := m.Get(t.Context(), tenantA, "a"); err != nil || string(v) != `1` {
			t.Errorf("after restore: %s, %v", v, err)
		}
	}
}

func TestBothDialects(t *testing.T) {
	for _, spell := range []func(string) string{
		func(s string) string { return s },
		func(s string) string {
			return strings.NewReplacer("setS", "set_s", "deleteS", "delete_s", "secretN", "secret_n",
				"secretV", "secret_v").Replace(s)
		},
	} {
		a := newAPI(t)
		checkQuery(t, a, adminKey, spell(`mutation{a: setSecret(input: {name: "k", `+
			`value: {x: 1.50}}){success} b: setSecret(input: {name: "j", value: "v"}){success}}`),
			`{"data":{"a":{"success":true},"b":{"success":true}}}`)
		checkQuery(t, a, adminKey, spell(`{n: secretNames}`), `{"data":{"n":["j","k"]}}`)
		checkQuery(t, a, runKey, spell(`{n: secretNames v: secretValue(name: "k")}`),
			`{"data":{"n":["j","k"],"v":{"x":1.50}}}`)
		checkQuery(t, a, adminKey, spell(`mutation{a: deleteSecret(input: {name: "k"}){success} `+
			`b: deleteSecret(input: {name: "none"}){success}}`),
			`{"data":{"a":{"success":true},"b":{"success":true}}}`)
		checkQuery(t, a, adminKey, spell(`{n: secretNames}`), `{"data":{"n":["j"]}}`)
		checkQuery(t, a, runKey, spell(`{v: secretValue(name: "k")}`),
			errorBody("No value found for the requested key", "v", "INTERNAL_SERVER_ERROR"))
	}
}

func TestChanged(t *testing.T) {
	a := newAPI(t)
	set := func(value, selection, want string) {
		t.Helper()
		checkQuery(t, a, adminKey, `mutation{m: set_secret(input: {name: "k", `+
			`value: `+value+`}){`+selection+`}}`, `{"data":{"m":{`+want+`}}}`)
	}
	version := func(want string) {
		t.Helper()
		checkQuery(t, a, adminKey, `{secret{name version updated updated_by}}`,
			`{"data":{"secret":[{"name":"k","version":`+want+`,"updated":"2026-01-02T03:04:05.0000006Z",`+
				`"updated_by":"ci"}]}}`)
	}
	set(`"ä"`, "changed success", `"changed":true,"success":true`)
	set(`"\u00e4"`, "changed", `"changed":false`)
	version("1")
	set(`"ä"`, "success", `"success":true`)
	version("2")
	set(`"b"`, "... on success_payload{changed}", `"changed":true`)
	version("3")
	for _, want := range []string{"true", "false"} {
		checkQuery(t, a, adminKey, `mutation{m: delete_secret(input: {name: "k"}){changed}}`,
			`{"data":{"m":{"changed":`+want+`}}}`)
	}
}

func TestRoles(t *testing.T) {
	a := newAPI(t)
	checkQuery(t, a, adminKey, `mutation{set_secret(input: {name: "k", value: "v"}){success}}`,
		`{"data":{"set_secret":{"success":true}}}`)
	shared := `{n: secret_names r: secret{name} i: auth_info{tenant_id} t: tenant{slug} ` +
		`a: secrets_api{version}}`
	checkQuery(t, a, adminKey, shared, `{"data":{"n":["k"],"r":[{"name":"k"}],`+
		`"i":{"tenant_id":"`+tenantA+`"},"t":[{"slug":"main"},{"slug":"data"}],"a":{"version":2}}}`)
	checkQuery(t, a, runKey, shared, `{"data":{"n":["k"],"r":[{"name":"k"}],`+
		`"i":{"tenant_id":"`+tenantA+`"},"t":[{"slug":"main"}],"a":{"version":2}}}`)
	checkQuery(t, a, adminKey, `{v: secret_value(name: "k")}`, errorBody("Unauthorized", "v", "FORBIDDEN"))
	checkQuery(t, a, adminKey, `{v: secretValue(name: "none")}`, errorBody("Unauthorized", "v", "FORBIDDEN"))
	for _, m := range []string{`set_secret(input: {name: "k", value: 2})`, `deleteSecret(input: {name: "k"})`} {
		want := strings.Replace(errorBody("Unauthorized", "m", "FORBIDDEN"), `"column":2`, `"column":10`, 1)
		checkQuery(t, a, runKey, `mutation{m: `+m+`{success}}`, want)
	}
	checkQuery(t, a, runKey, `{v: secret_value(name: "k")}`, `{"data":{"v":"v"}}`)
}

func TestTenants(t *testing.T) {
	a := newAPI(t)
	in := func(tenant string) string { return cloud.HeaderTenant + ": " + tenant }
	set := `{"query": "mutation{set_secret(input: {name: \"k\", value: 1}){success}}"}`
	post(t, a, adminKey, set, in(strings.ToUpper(tenantB)))
	const ask = `{"query": "{secret_names auth_info{tenant_id}}"}`
	tests := []struct{ key, tenant, want string }{
		{adminKey, "", `{"data":{"secret_names":[],"auth_info":{"tenant_id":"` + tenantA + `"}}}`},
		{adminKey, tenantA, `{"data":{"secret_names":[],"auth_info":{"tenant_id":"` + tenantA + `"}}}`},
		{adminKey, tenantB, `{"data":{"secret_names":["k"],"auth_info":{"tenant_id":"` + tenantB + `"}}}`},
	}
	// The answer does not say whether a tenant exists.
	for _, tenant := range []string{tenantB, "33333333-3333-4333-8333-333333333333", "data", "not an id"} {
		tests = append(tests, struct{ key, tenant, want string }{
			runKey, tenant, strings.TrimSuffix(tenantRefused, "\n"),
		})
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want+"\n", post(t, a, tt.key, ask, in(tt.tenant)).body); diff != "" {
			t.Errorf("%s in %q (-want +got):\n%s", tt.key, tt.tenant, diff)
		}
	}
}

func TestNegativePageIsRefused(t *testing.T) {
	for _, args := range []string{`limit: -1`, `offset: -1`} {
		checkQuery(t, newAPI(t), adminKey, `{secret(`+args+`){name}}`,
			errorBody("limit and offset must not be negative", "secret", "BAD_USER_INPUT"))
	}
}

// TestTenantQueries sends the documents of Prefect 1.4.1 and 0.9.3
// (client/client.py).
func TestTenantQueries(t *testing.T) {
	a := newAPI(t)
	bySlug := `query($slug: String) {tenant(where: {slug: { _eq: $slug } }) {id}}`
	byEither := `query($slug: String, $id: uuid) {tenant(where: {slug: { _eq: $slug }, id: { _eq: $id } ` +
		`}) {id}}`
	tests := map[string]struct{ document, variables, want string }{
		"all": {`query {tenant(order_by: {slug: asc}) {slug name id}}`, ``,
			`[{"slug":"data","name":"data","id":"` + tenantB +
				`"},{"slug":"main","name":"Main","id":"` + tenantA + `"}]`},
		"slug":         {bySlug, `{"slug": "data"}`, `[{"id":"` + tenantB + `"}]`},
		"no such slug": {bySlug, `{"slug": "none"}`, `[]`},
		"slug or id":   {byEither, `{"slug": "main", "id": null}`, `[{"id":"` + tenantA + `"}]`},
		"id":           {byEither, `{"id": "` + strings.ToUpper(tenantB) + `"}`, `[{"id":"` + tenantB + `"}]`},
		"by two orders": {`{tenant(order_by: [{name: desc}, {id: asc}]){name}}`, ``,
			`[{"name":"data"},{"name":"Main"}]`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body, _ := json.Marshal(map[string]string{"query": tt.document,
				"variables": tt.variables + strings.Repeat("null", 1-min(1, len(tt.variables)))})
			want := `{"data":{"tenant":` + tt.want + "}}\n"
			if diff := cmp.Diff(want, post(t, a, adminKey, string(body)).body); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// brokenStore fails with an error whose text no client may see.
type brokenStore struct{}

var errBroken = errors.New("connecting to CANARY: refused")

func (brokenStore) Set(context.Context, string, string, json.RawMessage, string, bool) (bool, error) {
	return false, errBroken
}
func (brokenStore) Get(context.Context, string, string) (json.RawMessage, error) {
	return nil, errBroken
}
func (brokenStore) Delete(context.Context, string, string) error { return errBroken }
func (brokenStore) Ping(context.Context) error                   { return errBroken }
func (brokenStore) Names(context.Context, string) ([]string, error) {
	return nil, errBroken
}
func (brokenStore) Info(context.Context, string, ...string) (map[string]cloud.Info, error) {
	return nil, errBroken
}

func TestErrorsOfTheStoreStayInside(t *testing.T) {
	var reported []string
	a := newAPI(t, func(c *cloud.Config) {
		c.Store = brokenStore{}
		c.OnError = func(field string, err error) { reported = append(reported, field+": "+err.Error()) }
	})
	requests := []struct{ key, document, field string }{
		{adminKey, `mutation{x: set_secret(input: {name: "a", value: 1}){success}}`, "set_secret"},
		{adminKey, `mutation{x: delete_secret(input: {name: "a"}){success}}`, "delete_secret"},
		{adminKey, `mutation{x: delete_secret(input: {name: "a"}){changed}}`, "delete_secret"},
		{adminKey, `{x: secretNames}`, "secretNames"},
		{adminKey, `{x: secret{name}}`, "secret"},
		{runKey, `{x: secret_value(name: "a")}`, "secret_value"},
	}
	var want []string
	for _, r := range requests {
		body, _ := json.Marshal(map[string]string{"query": r.document})
		got := post(t, a, r.key, string(body)).body
		const apiError = `"path":["x"],"extensions":{"code":"API_ERROR"}}],"data":{"x":null}}`
		if !strings.Contains(got, apiError) || strings.Contains(got, "CANARY") {
			t.Errorf("%s: %s", r.document, got)
		}
		want = append(want, r.field+": "+errBroken.Error())
	}
	if diff := cmp.Diff(want, reported); diff != "" {
		t.Errorf("OnError (-want +got):\n%s", diff)
	}
}

// abandonedStore is a store whose clients go away.
type abandonedStore struct{ brokenStore }

func (abandonedStore) Set(context.Context, string, string, json.RawMessage, string, bool) (bool, error) {
	return false, fmt.Errorf("stopped: %w", context.Canceled)
}

func TestAClientThatLeavesIsNoErrorOfTheStore(t *testing.T) {
	a := newAPI(t, func(c *cloud.Config) {
		c.Store = abandonedStore{}
		c.OnError = func(field string, err error) { t.Errorf("OnError: %s: %v", field, err) }
	})
	got := post(t, a, adminKey, `{"query":"mutation{x: set_secret(input: {name: \"a\", value: 1}){success}}"}`).body
	if !strings.Contains(got, "API_ERROR") {
		t.Errorf("got %s", got)
	}
}
