package sources

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOwnDocumentsAreNotSecrets(t *testing.T) {
	for text, want := range map[string]string{
		`{"format_version":2,"api_url":"u","tenants":["dev"],"actions":[]}`:                        "is a plan file, and has no values: pass it by --plan-file",
		`{"format_version":1,"actions":[],"summary":{},"tenants":[]}`:                              "is a report of plan or sync",
		`{"format_version":1,"diagnostics":[],"summary":{}}`:                                       "is a report of check",
		`{"format_version":1,"names":["A"]}`:                                                       "is a list of names",
		`{"format_version":1,"entries":[]}`:                                                        "is a list of settings",
		`{"format_version":1,"version":"v1","platform":"linux/amd64"}`:                             "is what version prints",
		`{"url":"http://127.0.0.1:1","tenant_id":"x","admin_key":"secret1","runner_key":"secret"}`: "is the ready-file of a server",
		`{"format_version":"1","A":"x"}`:                                                           "",
		`{"admin_key":"x","url":"y"}`:                                                              "",
		`{"actions":"x","tenants":"y"}`:                                                            "",
	} {
		path := filepath.Join(t.TempDir(), "f.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"secrets-file", "vars-file"} {
			_, err := (&Reader{}).All(Given{Names: map[string][]string{name: {path}}})
			switch {
			case want == "" && err != nil, want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("--%s of %s: %v", name, text, err)
			case err != nil && strings.Contains(err.Error(), "secret1"):
				t.Errorf("the error has a value: %v", err)
			}
		}
	}
}
