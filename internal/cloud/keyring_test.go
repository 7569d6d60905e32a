package cloud_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

const namesBody = `{"query":"{secret_names}"}`

func TestSetKeyringReplacesTenantsAndKeys(t *testing.T) {
	a := newAPI(t)
	c := testConfig()
	if err := a.SetKeyring(c.Tenants[:1], nil); err != nil {
		t.Fatal(err)
	}
	if got := post(t, a, adminKey, namesBody).body; !strings.Contains(got, "UNAUTHENTICATED") {
		t.Error(got)
	}
	if err := a.SetKeyring(nil, c.Keys); err == nil {
		t.Error("keys are admitted without tenants")
	}
	if err := a.SetKeyring(c.Tenants, c.Keys); err != nil {
		t.Fatal(err)
	}
	if got := post(t, a, adminKey, namesBody).body; got != `{"data":{"secret_names":[]}}`+"\n" {
		t.Error(got)
	}
}

func TestNewRefuses(t *testing.T) {
	key := func(f func(*cloud.Key)) func(*cloud.Config) {
		return func(c *cloud.Config) { f(&c.Keys[1]) }
	}
	tests := map[string]struct {
		change func(*cloud.Config)
		want   string
	}{
		"no store":  {func(c *cloud.Config) { c.Store = nil }, "needs a store and a clock"},
		"no clock":  {func(c *cloud.Config) { c.Now = nil }, "needs a store and a clock"},
		"no tenant": {func(c *cloud.Config) { c.Tenants = nil }, "at least one tenant"},
		"tenant id": {func(c *cloud.Config) { c.Tenants[0].ID = "main" }, "is not a UUID"},
		"tenant id form": {func(c *cloud.Config) {
			c.Tenants[0].ID = strings.Replace(tenantA, "-", "1", 1)
		}, "is not a UUID"},
		"tenant id digit": {func(c *cloud.Config) {
			c.Tenants[0].ID = strings.Replace(tenantA, "1", "g", 1)
		}, "is not a UUID"},
		"tenant slug":       {func(c *cloud.Config) { c.Tenants[0].Slug = "" }, "has no slug"},
		"tenant twice":      {func(c *cloud.Config) { c.Tenants[1].Slug = "main" }, "is given twice"},
		"key name":          {key(func(k *cloud.Key) { k.Name = "" }), "has no name"},
		"key twice":         {key(func(k *cloud.Key) { k.Name = "ci" }), "is given twice"},
		"secret twice":      {key(func(k *cloud.Key) { k.Secret = adminKey }), "have the same secret"},
		"secret empty":      {key(func(k *cloud.Key) { k.Secret = "" }), "does not fit a header"},
		"secret with space": {key(func(k *cloud.Key) { k.Secret = "CANARY a" }), "does not fit a header"},
		"role": {key(func(k *cloud.Key) { k.Role = "" }),
			"use admin (sets, deletes and lists), runner (reads values and lists) " +
				"or planner (lists names only)"},
		"key tenant":     {key(func(k *cloud.Key) { k.Tenants = []string{"x"} }), "does not exist"},
		"no key tenant":  {key(func(k *cloud.Key) { k.Tenants = nil }), "has no tenant"},
		"empty pattern":  {key(func(k *cloud.Key) { k.Patterns = []string{"a", ""} }), "has an empty pattern"},
		"another tenant": {func(c *cloud.Config) { c.Tenants = c.Tenants[:1] }, "does not exist"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := testConfig()
			tt.change(&c)
			_, err := cloud.New(c)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("New: %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), adminKey) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("the error holds a key: %v", err)
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	a := newAPI(t)
	checkQuery(t, a, adminKey, `mutation{a: set_secret(input: {name: "team_a", value: 1}){success} `+
		`b: set_secret(input: {name: "other", value: 2}){success}}`,
		`{"data":{"a":{"success":true},"b":{"success":true}}}`)
	checkQuery(t, a, "team-key", `{secret_names secret{name}}`,
		`{"data":{"secret_names":["team_a"],"secret":[{"name":"team_a"}]}}`)
	checkQuery(t, a, "team-runner", `{v: secret_value(name: "team_a")}`, `{"data":{"v":1}}`)
	checkQuery(t, a, "team-runner", `{v: secret_value(name: "other")}`,
		errorBody("Unauthorized", "v", "FORBIDDEN"))
	allowed := map[string]bool{"team_": true, "team_b": true, "xyz": true, "xäz": true, "xyyz": false,
		"xteam_a": false, "Team_a": false, "other": false}
	for name, ok := range allowed {
		for _, m := range []string{`set_secret(input: {name: "` + name + `", value: 1})`,
			`delete_secret(input: {name: "` + name + `"})`} {
			body, _ := json.Marshal(map[string]string{"query": `mutation{m: ` + m + `{success}}`})
			got := post(t, a, "team-key", string(body)).body
			if strings.Contains(got, "FORBIDDEN") == ok {
				t.Errorf("%s: %s", m, got)
			}
		}
	}
}
