package check

import "testing"

// TestLocalSecretsAsString has the values that turn on local secrets in a release.
func TestLocalSecretsAsString(t *testing.T) {
	for value, want := range map[string]int{"true": 1, "'True'": 1, "false": 0, "'false'": 0, "['true']": 0} {
		text := "backend = 'cloud'\ncloud.use_local_secrets = " + value
		if got := File("a.toml", []byte(text), Options{Rules: []string{"local-secrets-in-cloud"}}); len(got) != want {
			t.Errorf("%s: got %d findings, want %d", value, len(got), want)
		}
	}
}
