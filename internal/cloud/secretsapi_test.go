package cloud_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

func withPlanner(c *cloud.Config) {
	c.Keys = append(c.Keys, cloud.Key{
		Name: "pr", Secret: "planner-key", Role: cloud.Planner, Tenants: []string{tenantA, tenantB},
		Patterns: []string{"team_*", "k"},
	})
}

// secrets_api says what a key may do, in the tenant that the request is for.
func TestAccessIsReported(t *testing.T) {
	a := newAPI(t, withPlanner)
	document := `{"query": "{secrets_api{version key role tenant unreachable(names: [\"b\", \"team_a\", ` +
		`\"A\", \"b\"])}}"}`
	for _, tt := range []struct{ key, header, want string }{
		{adminKey, "X: y", `"key":"ci","role":"admin","tenant":"main","unreachable":[]`},
		{adminKey, "X-Prefect-Tenant-Id: " + tenantB,
			`"key":"ci","role":"admin","tenant":"data","unreachable":[]`},
		{runKey, "X: y", `"key":"agent","role":"runner","tenant":"main","unreachable":[]`},
		{"team-key", "X: y", `"key":"team","role":"admin","tenant":"main","unreachable":["b","A","b"]`},
		{"planner-key", "X-Prefect-Tenant-Id: " + tenantB,
			`"key":"pr","role":"planner","tenant":"data","unreachable":["b","A","b"]`},
	} {
		want := `{"data":{"secrets_api":{"version":2,` + tt.want + "}}}\n"
		if got := post(t, a, tt.key, document, tt.header).body; got != want {
			t.Errorf("%s: %s", tt.key, got)
		}
	}
}

// A planner lists the names that it reaches, with who wrote them, and no more.
func TestAPlannerNeitherReadsNorWrites(t *testing.T) {
	a := newAPI(t, withPlanner)
	checkQuery(t, a, adminKey, `mutation{a: set_secret(input: {name: "k", value: "v"}){success} `+
		`b: set_secret(input: {name: "other", value: "v"}){success}}`,
		`{"data":{"a":{"success":true},"b":{"success":true}}}`)
	checkQuery(t, a, "planner-key", `{n: secret_names r: secret{name updated_by}}`,
		`{"data":{"n":["k"],"r":[{"name":"k","updated_by":"ci"}]}}`)
	for _, field := range []string{"secret_value", "secretValue"} {
		checkQuery(t, a, "planner-key", `{v: `+field+`(name: "k")}`,
			errorBody("Unauthorized", "v", "FORBIDDEN"))
	}
	token := postAsOldClient(t, a, "planner-key", switching["0.14.22"].switching, "tenant_id",
		tenantA)["access_token"]
	for _, key := range []string{"planner-key", token} {
		for _, m := range []string{`set_secret(input: {name: "k", value: 2})`,
			`setSecret(input: {name: "k", value: 2})`, `delete_secret(input: {name: "k"})`,
			`deleteSecret(input: {name: "k"})`} {
			want := strings.Replace(errorBody("Unauthorized", "m", "FORBIDDEN"), `"column":2`, `"column":10`, 1)
			checkQuery(t, a, key, `mutation{m: `+m+`{success}}`, want)
		}
	}
	checkQuery(t, a, token, `{secrets_api{role}}`, `{"data":{"secrets_api":{"role":"planner"}}}`)
	checkQuery(t, a, runKey, `{v: secret_value(name: "k")}`, `{"data":{"v":"v"}}`)
}

// Asking about names costs what it takes to compare them, so that many questions in
// one request are refused.
func TestUnreachableIsBounded(t *testing.T) {
	a := newAPI(t, func(c *cloud.Config) {
		patterns := make([]string, 100)
		for i := range patterns {
			patterns[i] = fmt.Sprintf("team_%d_*", i)
		}
		c.Keys = append(c.Keys, cloud.Key{Name: "many", Secret: "many-key", Role: cloud.Admin,
			Tenants: []string{tenantA}, Patterns: patterns})
	})
	names := `["` + strings.Repeat(`n","`, 2000) + `n"]`
	document := func(fields int) string {
		var b strings.Builder
		for i := range fields {
			fmt.Fprintf(&b, " f%d: unreachable(names: $n)", i)
		}
		return `{"query": "query($n: [String!]!){secrets_api{` + b.String() +
			`}}", "variables": {"n": ` + names + `}}`
	}
	if got := post(t, a, "many-key", document(2)).body; strings.Contains(got, "errors") {
		t.Errorf("two questions: %.200s", got)
	}
	if got := post(t, a, "many-key", document(20)).body; !strings.Contains(got, "asks for too much at once") {
		t.Errorf("twenty questions: %.200s", got)
	}
}
