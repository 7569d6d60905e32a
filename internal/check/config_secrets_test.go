package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

func TestConfigSecrets(t *testing.T) {
	const config = `
[context.secrets]
Plain = "x"
KEY = "$VARIABLE"
table = { a = 1 }
[cloud]
api_key = "x"
`
	env := []string{"PREFECT__CONTEXT__SECRETS__Env=x"}
	for version, want := range map[release.Version][]string{
		release.Number{0, 9, 3}.Version(): {"Env", "KEY", "Plain", "table"},
		release.Number{1, 4, 1}.Version(): {"Env", "KEY", "Plain", "table"},
		release.Documented:                {"Plain", "env", "key", "table"},
		release.Any:                       {"Env", "KEY", "Plain", "env", "key", "table"},
	} {
		got, err := ConfigSecrets([]byte(config), Options{Version: version, Env: env})
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", version, err, diff)
		}
	}
}

func TestConfigSecretsThatDoNotLoad(t *testing.T) {
	if names, err := ConfigSecrets(nil, Options{}); err != nil || len(names) > 0 {
		t.Errorf("no text: got %v, %v", names, err)
	}
	names, err := ConfigSecrets([]byte("[context.secrets]\nkeys = '"+canary+"'"), Options{})
	if err == nil || names != nil || strings.Contains(err.Error(), canary) {
		t.Errorf("a reserved key: got %v, %v", names, err)
	}
}
