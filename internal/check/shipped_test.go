package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// shippedConfig returns the settings that a release ships, as a config.
func shippedConfig(v release.Version, without ...string) string {
	var text strings.Builder
	for name, value := range v.Shipped() {
		if len(without) > 0 && strings.HasPrefix(name, without[0]) {
			continue
		}
		switch value := value.(type) {
		case string:
			fmt.Fprintf(&text, "%s = %q\n", name, value)
		case []any:
			fmt.Fprintf(&text, "%s = []\n", name)
		case float64:
			fmt.Fprintf(&text, "%s = %g\n", name, value)
		default:
			fmt.Fprintf(&text, "%s = %v\n", name, value)
		}
	}
	return text.String()
}

// TestShippedConfigs has the settings that each release ships, for this release: no
// finding.
func TestShippedConfigs(t *testing.T) {
	for _, v := range release.Any.Releases() {
		if found := File("a.toml", []byte(shippedConfig(v)), Options{Version: v, Env: []string{"HOME=/home/prefect"}}); len(found) > 0 {
			t.Errorf("%s: %v", v, found)
		}
	}
}

// TestChangedCopies has copies of what a release ships with one line that is the user's,
// and such lines alone.
func TestChangedCopies(t *testing.T) {
	v := mustParseVersion(t, "1.4.1")
	for _, tt := range []struct {
		text    string
		version release.Version
		want    []string
	}{
		{shippedConfig(v, "cloud.api_key") + "cloud.api_key = '$KEY'\n", v, []string{"local-secrets-in-cloud"}},
		{shippedConfig(v, "server.database.password") + "server.database.password = 'correct-horse'\n", v, []string{"plaintext-secret"}},
		{shippedConfig(v, "cloud.graphql") + "cloud.graphql = 'https://x.example.com'\n", v, []string{"deprecated"}},
		{shippedConfig(mustParseVersion(t, "0.13.6")), release.Any, nil},
		{shippedConfig(mustParseVersion(t, "0.6.7")), release.Any, nil},
		{shippedConfig(mustParseVersion(t, "0.6.7")), v, []string{"deprecated"}},
		{"server.graphql.port = '4201'\n", release.Any, []string{"deprecated"}},
		{"backend = 'cloud'\ncloud.use_local_secrets = true\n", v, []string{"local-secrets-in-cloud"}},
		{"engine.executor.dask.address = 'local'\n", release.Any, []string{"deprecated"}},
	} {
		rules := map[string]bool{}
		for _, d := range File("a.toml", []byte(tt.text), Options{Version: tt.version}) {
			rules[d.Rule] = true
		}
		for _, rule := range tt.want {
			if !rules[rule] {
				t.Errorf("%s: no %s in\n%s", tt.version, rule, tt.text)
			}
			delete(rules, rule)
		}
		if len(rules) > 0 {
			t.Errorf("%s: also %v in\n%s", tt.version, rules, tt.text)
		}
	}
}
