package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

const canary = "CANARY77b2"

func TestParseSecrets(t *testing.T) {
	source, err := secretsync.ParseSecrets("secrets", []byte("{\n  \"A\": \"x\\ny\",\n  \"ü\": \"\",\n  \"github_token\": \"t\"\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range source.Entries {
		got = append(got, entry.Name+"="+string(entry.Text.Reveal()))
	}
	if diff := cmp.Diff([]string{`A="x\ny"`, `ü=""`, `github_token="t"`}, got); diff != "" {
		t.Error(diff)
	}
	if !source.HasSecrets() {
		t.Error("HasSecrets is false")
	}
	source.Entries = source.Entries[2:]
	if source.HasSecrets() {
		t.Error("GitHub's token counts as a secret")
	}
}

func TestParseSecretsErrors(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"empty file", " \n", "secrets: empty: expected a JSON object"},
		{"array", `["` + canary + `"]`, "secrets:1:1: not a JSON object"},
		{"text", `"` + canary + `"`, "secrets:1:1: not a JSON object"},
		{"bare word", canary, "secrets:1:1: not a JSON object: pass what ${{ toJSON(secrets) }} gives; a file of secrets, JSON or dotenv, is for secrets-file"},
		{
			"object inside", "{\"A\": \"x\",\n \"B\": {\"c\": \"" + canary + "\"}}",
			`secrets:2:2: "B" is an object but must be a string`,
		},
		{"array inside", `{"B": ["` + canary + `"]}`, `"B" is an array but must be a string`},
		{"number", `{"B": 7700123}`, `"B" is a number but must be a string: put it in double quotes`},
		{"boolean", `{"B": true}`, `"B" is a boolean`},
		{"null", `{"B": null}`, `"B" is null`},
		{
			"duplicate", "{\"A\": \"" + canary + "\",\n\"A\": \"" + canary + "\"}",
			`secrets:2:1: duplicate name "A" (first on line 1)`,
		},
		{"empty name", `{"": "` + canary + `"}`, "secrets:1:2: a name is empty"},
		{"long name", `{"` + strings.Repeat("n", 256) + `": "x"}`, "has 256 bytes; the limit is 255"},
		{"invalid UTF-8", "{\n\"A\": \"" + canary + "\xff\"}", "secrets:2:17: invalid UTF-8"},
		{"cut off", `{"A": "` + canary + `"`, "the JSON ends too early"},
		{"cut off in a value", `{"A": "` + canary, "the JSON ends too early"},
		{"no quotes", "{\"A\": " + canary + "}", "secrets:1:7: a string must be in double quotes"},
		{"more", `{"A": "x"} ` + canary, "text after the end"},
		{"half a surrogate pair", `{"A": "\ud800` + canary + `"}`, `"A" contains half a surrogate pair`},
		{"control character", "{\"A\": \"" + canary + "\n\"}", `secrets:1:18: a line end in a string: write \n for it, or close the string with "`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := secretsync.ParseSecrets("secrets", []byte(tt.data))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "7700123") {
				t.Error("the error holds a value")
			}
		})
	}
}

func TestParseVars(t *testing.T) {
	source, err := secretsync.ParseVars("input vars", []byte(`{"REGION": "eu", "EMPTY": ""}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"REGION=eu", "EMPTY="}, pairs(source)); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"":   "input vars: empty: expected a JSON object, as ${{ toJSON(vars) }} gives it",
		"[]": "pass what ${{ toJSON(vars) }} gives",
	} {
		if _, err := secretsync.ParseVars("input vars", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestSurrogatePairs(t *testing.T) {
	for text, ok := range map[string]bool{
		`\ud83d\udd11`: true, `\\ud800`: true, `\ufffd`: true, `\uFFFD\ud83d\udd11`: true,
		`\udd11\ud83d`: false, `\ud83d\ud83d\udd11`: false, `\uD83D\\`: false, `\\\ud800`: false, `\ud800`: false,
	} {
		_, err := secretsync.ParseSecrets("s", []byte(`{"A": "`+text+`"}`))
		if ok != (err == nil) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func FuzzParseSecrets(f *testing.F) {
	f.Add([]byte(`{"A": "CANARY-77b2", "A": 1}`))
	f.Add([]byte("{\"A\": [\"CANARY-77b2\"]}"))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		source, err := secretsync.ParseSecrets("secrets", data)
		if err == nil && source == nil {
			t.Fatal("neither a source nor an error")
		}
		if err != nil && !strings.HasPrefix(err.Error(), "secrets:") {
			t.Fatalf("the error does not say where: %v", err)
		}
	})
}
