package sync

import (
	"strings"
	"testing"
)

func TestEnvelopes(t *testing.T) {
	const value = `"` + hidden + `"`
	tests := []struct{ name, text, want string }{
		{
			"vault kv get -format=json",
			`{"request_id": "r", "lease_id": "", "lease_duration": 0, "renewable": false, ` +
				`"data": {"data": {"A": ` + value + `}, "metadata": {"created_time": "t", "version": 1}}, "warnings": null}`,
			"jq .data.data",
		},
		{
			"a secret that was deleted",
			`{"request_id": "r", "lease_id": "", "data": {"data": null, "metadata": {"version": 2}}}`,
			"jq .data.data",
		},
		{"KV version 1", `{"request_id": "r", "lease_id": "", "data": {"A": ` + value + `}, "auth": null}`, "jq .data"},
		{"its data alone", `{"data": {"A": ` + value + `}, "metadata": {"created_time": "t", "version": 1}}`, "jq .data"},
		{"sops", `{"A": ` + value + `, "sops": {"lastmodified": "t", "mac": "m", "kms": null}}`, "sops decrypt"},
		{
			"kubectl get secret -o json",
			`{"apiVersion": "v1", "kind": "Secret", "data": {"A": ` + value + `}, "metadata": {}}`,
			"@base64d",
		},
		{
			"kubectl get secrets -o json",
			`{"apiVersion": "v1", "kind": "List", "items": [{"data": {"A": ` + value + `}}]}`,
			"@base64d",
		},
		{"AWS Systems Manager", `{"Parameters": [{"Name": "A", "Value": ` + value + `}]}`, "{(.Name): .Value}"},
		{
			"AWS Secrets Manager",
			`{"ARN": "a", "Name": "n", "SecretString": ` + value + `, "VersionStages": []}`,
			"jq -r .SecretString",
		},
		{
			"Azure Key Vault",
			`{"id": "https://v.vault.azure.net/secrets/n/1", "name": "n", "tags": null, "value": ` + value + `}`,
			"{(.name): .value}",
		},
		{
			"1Password",
			`{"id": "i", "vault": {}, "category": "LOGIN", "fields": [{"label": "A", "value": ` + value + `}]}`,
			".fields",
		},
		{
			"doppler secrets --json",
			`{"A": {"computed": ` + value + `, "raw": ` + value + `, "note": ""}, "B": {"computed": null, "raw": ""}}`,
			"doppler secrets download",
		},
		{
			"terraform output -json",
			`{"A": {"sensitive": true, "type": "string", "value": ` + value + `}}`,
			"jq 'map_values(.value)'",
		},
		{"an only object", `{"prod\"uction": {"A": ` + value + `}}`, `jq '.["prod\"uction"]'`},
		{"an only object that is empty", `{"A": {}}`, "its only entry"},
	}
	for _, tt := range tests {
		_, err := ParseSecretsFile("f.json", "f.json", []byte(tt.text))
		if err == nil || !strings.HasPrefix(err.Error(), "f.json: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		} else if strings.Contains(err.Error(), hidden) {
			t.Errorf("%s: the error holds a value", tt.name)
		}
	}
	_, err := ParseSecretsFile("f", ".env", []byte("\ufeffA=ENC["+hidden+"]\r\nsops_mac=ENC[x]\r\n"))
	if err == nil || !strings.Contains(err.Error(), "sops decrypt") {
		t.Errorf("a dotenv file of sops: got %v", err)
	}
}

func TestNoEnvelope(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"A": {"a": 1}, "B": {"a": 1}}`, `{"A": ["only"]}`, `{"A": "{\"a\": 1}"}`,
		`{"data": {"a": 1}, "metadata": "x"}`, `{"data": {"A": "x"}, "sops": "x"}`,
		`{"kind": "Secret", "data": "x"}`, `{"Parameters": [{"Name": "x"}]}`, `{"Parameters": []}`,
		`{"ARN": "a", "B": "x"}`, `{"A": {"computed": 1}, "B": {"raw": 1}}`,
		`{"A": {"sensitive": true, "value": 1}, "B": "x"}`,
		`{"request_id": "r", "data": "x"}`, `{"sops": {"key": "x"}, "A": "x"}`, `{"id": "x", "value": "y"}`,
	} {
		if _, err := ParseSecretsFile("f.json", "f.json", []byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
