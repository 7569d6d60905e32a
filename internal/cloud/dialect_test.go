package cloud_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

func TestDialects(t *testing.T) {
	const fields = `{"query":"{query: __type(name: \"Query\"){fields{name}} ` +
		`mutation: __type(name: \"Mutation\"){fields{name}} ` +
		`payload: __type(name: \"success_payload\"){fields{name}}}"}`
	for dialect, want := range map[cloud.Dialect]struct{ has, lacks []string }{
		cloud.Both: {[]string{"setSecret", "set_secret", "secretNames", "secret_names", `"secret"`,
			"secrets_api", "changed"}, nil},
		cloud.Camel: {[]string{"setSecret", "deleteSecret", "secretNames", "secretValue", `"secret"`,
			"tenant"}, []string{"set_secret", "delete_secret", "secret_names", "secrets_api", "changed"}},
		cloud.Snake: {[]string{"set_secret", "delete_secret", "secret_names", "secret_value", "tenant"},
			[]string{"setSecret", "secretNames", `"secret"`, "secrets_api", "changed"}},
	} {
		a := newAPI(t, func(c *cloud.Config) { c.Dialect = dialect })
		got := post(t, a, adminKey, fields).body
		for _, name := range want.has {
			if !strings.Contains(got, name) {
				t.Errorf("%q has no %s", dialect, name)
			}
		}
		for _, name := range want.lacks {
			if strings.Contains(got, name) {
				t.Errorf("%q has %s", dialect, name)
			}
		}
	}
	c := testConfig()
	c.Dialect = "pascal"
	if _, err := cloud.New(c); err == nil {
		t.Error("an unknown dialect is accepted")
	}
}
