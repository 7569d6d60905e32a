package actions

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// parseMasks returns what GitHub's runner hides after it has read a log: each mask, and
// each line of it that is not empty (actions/runner, AddMaskCommandExtension). It hides
// longer ones without their quotation marks as well (ValueEncoders.TrimDoubleQuotes).
func parseMasks(log string) []string {
	var hidden []string
	for line := range strings.Lines(log) {
		data, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "::add-mask::")
		if !ok {
			continue
		}
		data = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(data)
		hidden = append(hidden, data)
		for _, part := range strings.FieldsFunc(data, func(r rune) bool { return r == '\r' || r == '\n' }) {
			hidden = append(hidden, part)
			if len(part) > 8 && part[0] == '"' && part[len(part)-1] == '"' {
				hidden = append(hidden, part[1:len(part)-1])
			}
		}
	}
	return hidden
}

// isPassedOn reports whether a job passes on an output that contains text.
func isPassedOn(hidden []string, text string) bool {
	return !slices.ContainsFunc(hidden, func(mask string) bool { return strings.Contains(text, mask) })
}

func masksOf(t *testing.T, values ...string) []string {
	t.Helper()
	var b strings.Builder
	r := newRunner(&b, []string{"GITHUB_ACTIONS=true"})
	for _, value := range values {
		r.MaskValue("A", prefect.TextValue(value))
	}
	return parseMasks(b.String())
}

// TestMasksOfAnAuthString hides what Basic authentication makes of a user and a password.
func TestMasksOfAnAuthString(t *testing.T) {
	var b strings.Builder
	newRunner(&b, []string{"GITHUB_ACTIONS=true", "INPUT_API-KEY=admin:first-password", "PREFECT_API_AUTH_STRING=admin:other:password"}).Mask()
	hidden := parseMasks(b.String())
	for _, text := range []string{
		"first-password", base64.StdEncoding.EncodeToString([]byte("admin:first-password")),
		"other:password", base64.StdEncoding.EncodeToString([]byte("admin:other:password")),
	} {
		if isPassedOn(hidden, text) {
			t.Errorf("%s is not masked", text)
		}
	}
	if !isPassedOn(hidden, "admin") {
		t.Error("the user is masked")
	}
}

const privateKey = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7
Q2hlY2sgdGhlIGxpbmU=
xy
-----END PRIVATE KEY-----
`

func serviceAccount(t *testing.T, indent string) string {
	t.Helper()
	data, err := json.MarshalIndent(map[string]any{
		"type": "service_account", "project_id": "acme-analytics-production",
		"private_key_id": "3f1a9c0b7d2e4f68a1b3c5d7e9f00112aa34bb56", "private_key": privateKey,
		"client_email": "etl-runner@acme-analytics-production.iam.gserviceaccount.com",
		"client_id":    "104857600123456789012", "token_uri": "https://oauth2.googleapis.com/token",
		"client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/etl-runner%40acme-analytics-production.iam.gserviceaccount.com",
		"universe_domain":      "googleapis.com",
		"scopes":               []any{"https://www.googleapis.com/auth/cloud-platform", 1, "europe-west1"},
	}, "", indent)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const awsCredentials = `{"ACCESS_KEY": "AKIAIOSFODNN7EXAMPLE", "SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG", ` +
	`"region": "eu-central-1", "bucket": "acme-raw-data-eu-central-1", "account": "123456789012", ` +
	`"password": "pw12", "port": 5432, "pin": 90210, "sessions": {"apiKey": "shortkey"}}`

func TestMasksOfJSONLeavePlacesAlone(t *testing.T) {
	for name, value := range map[string]string{
		"compact": serviceAccount(t, ""), "pretty": serviceAccount(t, "  "),
		"in a string": string(prefect.TextValue(serviceAccount(t, "  ")).Reveal()),
	} {
		hidden := masksOf(t, value, awsCredentials)
		for _, output := range []string{
			"acme-analytics-production", "eu-central-1", "europe-west1", "acme-raw-data-eu-central-1",
			"123456789012", "5432", "service_account",
			"etl-runner@acme-analytics-production.iam.gserviceaccount.com",
			"https://oauth2.googleapis.com/token", "googleapis.com",
			"https://www.googleapis.com/auth/cloud-platform", `["europe-west1"]`, "{}", "1", "[]",
			"true",
		} {
			if !isPassedOn(hidden, output) {
				t.Errorf("%s: the output %s is hidden", name, output)
			}
		}
		for _, secret := range []string{
			"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "pw12", "90210", "shortkey",
			"3f1a9c0b7d2e4f68a1b3c5d7e9f00112aa34bb56",
			"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7", "Q2hlY2sgdGhlIGxpbmU=",
			"104857600123456789012",
		} {
			if isPassedOn(hidden, secret) {
				t.Errorf("%s: %s is not hidden", name, secret[:4])
			}
		}
	}
}

func TestMasksLeaveTheActionsOutputsAlone(t *testing.T) {
	values := []string{
		"{\n  \"type\": \"x\",\n  \"scopes\": [\n    1\n  ]\n}",
		"line of a value\n}\n1\nsuccess\n\ttrue\n   \n", "true", "FALSE", "null", "None", "yes", "no",
		"\"success\"", `{"a": "true", "token": "created"}`, "[\"created\", true,\n1000]",
	}
	outputs := []string{"true", "false", "1", "[]", `["ALPHA","BETA"]`, "plan.json"}
	for _, status := range []Status{Success, Partial, Failure, Skipped} {
		values, outputs = append(values, string(status), strings.ToUpper(string(status))), append(outputs, string(status))
	}
	for _, result := range secretsync.Results {
		values, outputs = append(values, string(result)), append(outputs, "| "+string(result)+" | ALPHA |")
	}
	hidden := masksOf(t, values...)
	for _, output := range outputs {
		if !isPassedOn(hidden, output) {
			t.Errorf("the output %s is hidden", output)
		}
	}
	if isPassedOn(hidden, "line of a value") {
		t.Error("a line of a value is not hidden")
	}
	for _, mask := range hidden {
		if len(strings.TrimSpace(mask)) < minMask {
			t.Errorf("%q is a mask", mask)
		}
	}
}

func TestWarnOfHiddenOutputs(t *testing.T) {
	var b strings.Builder
	output := filepath.Join(t.TempDir(), "output")
	r := newRunner(&b, []string{"GITHUB_ACTIONS=true", "GITHUB_OUTPUT=" + output})
	r.MaskValue("STAGE", prefect.TextValue("prod"))
	r.MaskValue("OTHER", prefect.TextValue("a value of its own"))
	for name, value := range map[string]any{"created-names": []string{"prod_db"}, "changed": true} {
		if err := r.Output(name, value); err != nil {
			t.Fatal(err)
		}
	}
	r.WarnOfHiddenOutputs()
	const want = "::warning title=prefect-secrets::the mask of STAGE hides a part of created-names: as an output of the job it stays empty\n"
	if !strings.Contains(b.String(), want) || strings.Count(b.String(), "::warning title=prefect-secrets::") != 1 {
		t.Errorf("it printed %s", b.String())
	}
	if text, err := os.ReadFile(output); err != nil || !strings.Contains(string(text), "prod_db") {
		t.Errorf("the output itself is %s (%v)", text, err)
	}
}

func TestMasksOfTypedValues(t *testing.T) {
	var b strings.Builder
	r := newRunner(&b, []string{"GITHUB_ACTIONS=true"})
	for name, raw := range map[string]string{
		"DB_PASSWORD": `["hunter22", "two words"]`, "HOSTS": `["db.example.com", "eu-central-1"]`,
		"EMPTY": "{}", "NONE": "[]", "FLAG": "true", "PORT": "54321",
	} {
		if !r.MaskValue(name, prefect.TextValue(raw)) {
			t.Errorf("%s counts as too short", name)
		}
	}
	if r.MaskValue("PIN", prefect.TextValue("123")) {
		t.Error("a number of three digits does not count as too short")
	}
	hidden := parseMasks(b.String())
	for _, secret := range []string{"hunter22", "two words", "54321"} {
		if isPassedOn(hidden, secret) {
			t.Errorf("%s is not hidden", secret)
		}
	}
	for _, output := range []string{"db.example.com", "eu-central-1", "{}", "[]", "true"} {
		if !isPassedOn(hidden, output) {
			t.Errorf("the output %s is hidden", output)
		}
	}
}
