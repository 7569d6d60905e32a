package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func TestParseManifest(t *testing.T) {
	m, err := secretsync.ParseManifest("prefect-secrets.toml", []byte(`
api-url = "https://secrets.example.com"
include = ["*"]
exclude = ["CODECOV_*", "NPM_TOKEN"]

[names]
"slack webhook" = "SLACK_WEBHOOK_URL"
AWS_CREDENTIALS = { from = "AWS_JSON", format = "json", required = true }
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &secretsync.Manifest{
		APIURL: "https://secrets.example.com",
		Rules: secretsync.Rules{
			Include: []string{"*"}, Exclude: []string{"CODECOV_*", "NPM_TOKEN"},
			Names: map[string]secretsync.NameRule{
				"slack webhook":   {From: "SLACK_WEBHOOK_URL"},
				"AWS_CREDENTIALS": {From: "AWS_JSON", Format: secretsync.FormatJSON, Required: true},
			},
		},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}

func TestParseManifestErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"include = [\"*\"\n", "not valid TOML near line"},
		{"key = " + canary, "not valid TOML near line 1"},
		{"key = 7700123__4", "not valid TOML near line 1"},
		{"includes = [\"*\"]", `unknown key "includes": a manifest has`},
		{"include = \"*\"", "include: a list of texts was due"},
		{"include = [1]", "include: a text was due"},
		{"include = [\"[\"]", `pattern "[": not a glob`},
		{"api-url = 1", "api-url: a text was due"},
		{"names = 1", "names: a table was due"},
		{"[names]\nA = 1", `names: "A": the CI name: a text was due`},
		{"[names]\nA = \"\"", `names: "A": it names no CI secret`},
		{"[names]\n\"\" = \"A\"", `names: "": a name is empty`},
		{"[names]\nA = {from = \"B\", formt = \"json\"}", `names: "A": unknown key "formt"`},
		{"[names]\nA = {from = \"B\", format = \"yaml\"}", `unknown format "yaml": it is auto, string, json or raw`},
		{"[names]\nA = {from = \"B\", required = \"yes\"}", "required: true or false was due"},
		{"[names]\nA = {format = \"json\"}", "it names no CI secret"},
		{"exclude = [\"B*\"]\n[names]\nA = {from = \"BB\", required = true}", `"A" is required and comes from BB, which exclude "B*" takes out`},
	}
	for _, tt := range tests {
		_, err := secretsync.ParseManifest("m.toml", []byte(tt.text))
		if err == nil || !strings.HasPrefix(err.Error(), "m.toml: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %q", tt.text, err, tt.want)
		} else if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "7700123") {
			t.Errorf("%q: the error holds a value", tt.want)
		}
	}
}
