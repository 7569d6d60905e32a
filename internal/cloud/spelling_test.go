package cloud_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

func TestSpellings(t *testing.T) {
	const fields = `{"query":"{query: __type(name: \"Query\"){fields{name}} mutation: __type(name: \"Mutation\"){fields{name}} payload: __type(name: \"success_payload\"){fields{name}}}"}`
	for s, want := range map[cloud.Dialect]struct{ has, lacks []string }{
		cloud.Both:  {[]string{"setSecret", "set_secret", "secretNames", "secret_names", `"secret"`, "secrets_api", "changed"}, nil},
		cloud.Camel: {[]string{"setSecret", "deleteSecret", "secretNames", "secretValue", `"secret"`, "tenant"}, []string{"set_secret", "delete_secret", "secret_names", "secrets_api", "changed"}},
		cloud.Snake: {[]string{"set_secret", "delete_secret", "secret_names", "secret_value", "tenant"}, []string{"setSecret", "secretNames", `"secret"`, "secrets_api", "changed"}},
	} {
		a := newAPI(t, func(c *cloud.Config) { c.Dialect = s })
		got := post(t, a, adminKey, fields).body
		for _, name := range want.has {
			if !strings.Contains(got, name) {
				t.Errorf("%q has no %s", s, name)
			}
		}
		for _, name := range want.lacks {
			if strings.Contains(got, name) {
				t.Errorf("%q has %s", s, name)
			}
		}
	}
	c := testConfig()
	c.Dialect = "pascal"
	if _, err := cloud.New(c); err == nil {
		t.Error("an unknown spelling is accepted")
	}
}

const askList = `{"query":"{secret_names}"}`

func TestAdmitReplacesTenantsAndKeys(t *testing.T) {
	a := newAPI(t)
	c := testConfig()
	if err := a.SetKeyring(c.Tenants[:1], nil); err != nil {
		t.Fatal(err)
	}
	if got := post(t, a, adminKey, askList).body; !strings.Contains(got, "UNAUTHENTICATED") {
		t.Error(got)
	}
	if err := a.SetKeyring(nil, c.Keys); err == nil {
		t.Error("keys are admitted without tenants")
	}
	if err := a.SetKeyring(c.Tenants, c.Keys); err != nil {
		t.Fatal(err)
	}
	if got := post(t, a, adminKey, askList).body; got != `{"data":{"secret_names":[]}}`+"\n" {
		t.Error(got)
	}
}

func TestReadSecret(t *testing.T) {
	for value, want := range map[string]string{
		`"a"`: `"a"`, ` { "a" : [ 1.50 , "\u00e9\/" ] } `: `{"a":[1.50,"é/"]}`, `false`: `false`,
	} {
		if got, err := cloud.ReadSecret("S", []byte(value)); string(got) != want || err != nil {
			t.Errorf("%s: %s, %v", value, got, err)
		}
	}
	for name, value := range map[string]string{
		"": `1`, strings.Repeat("n", 256): `1`, "bad \xff": `1`, "null": ` null `, "no JSON": canary, "nothing": ``,
		"no UTF-8": "\"\xff\"", "large": `"` + strings.Repeat(canary, 7000) + `"`,
	} {
		if _, err := cloud.ReadSecret(name, []byte(value)); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
