package sync

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// readInFlow returns what Secret.get() returns in a flow: json.loads of a stored string,
// or the string (Prefect 1.4.1, client/secrets.py).
func readInFlow(t *testing.T, v prefect.Value) any {
	t.Helper()
	got, err := prefect.Secret("S").Get(prefect.WithSecrets(t.Context(), map[string]any{"S": v}))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEncode(t *testing.T) {
	tests := []struct {
		format Format
		text   string
		sent   string // the JSON that goes into the store
		reason string
	}{
		{FormatAuto, "plain", `"plain"`, ""},
		{FormatAuto, "123456", `"\"123456\""`, "all digits: sent as a string"},
		{FormatAuto, "007", `"007"`, ""},
		{FormatAuto, "1e5", `"\"1e5\""`, "looks like a number: sent as a string"},
		{FormatAuto, " 42\n", `"\" 42\\n\""`, "digits between spaces: sent as a string"},
		{
			FormatAuto, "true", `"\"true\""`,
			"JSON's true or false: sent as a string",
		},
		{FormatAuto, "null", `"\"null\""`, "JSON's null: sent as a string"},
		{FormatAuto, "NaN", `"\"NaN\""`, "looks like a number: sent as a string"},
		{FormatAuto, `"q"`, `"\"\\\"q\\\"\""`, "a JSON string: sent with its quotation marks"},
		{FormatAuto, `{"a": 1}`, `{"a":1}`, "a JSON object; a flow gets a dict"},
		{FormatAuto, ` [1.10, 2]`, `[1.10,2]`, "a JSON array; a flow gets a list"},
		{FormatAuto, `{"a": NaN}`, `"{\"a\": NaN}"`, "JSON only to Python; sent as it is"},
		{FormatAuto, `{"a": "\ud800"}`, `"{\"a\": \"\\ud800\"}"`, "JSON only to Python; sent as it is"},
		{FormatAuto, `["\ud83d\udd11"]`, `["\ud83d\udd11"]`, "a JSON array; a flow gets a list"},
		{FormatAuto, `{"a": 1`, `"{\"a\": 1"`, ""},
		{FormatAuto, "True", `"True"`, ""},
		{
			FormatString, `{"a": 1}`, `"\"{\\\"a\\\": 1}\""`,
			"looks like JSON: sent as a string",
		},
		{FormatString, "plain", `"plain"`, ""},
		{FormatRaw, "123456", `"123456"`, ""},
		{FormatJSON, "42", "42", "a JSON scalar; a flow gets its value"},
		{FormatJSON, `{"a": 1}`, `{"a":1}`, "a JSON object; a flow gets a dict"},
		{FormatJSON, `"plain"`, `"plain"`, "a JSON scalar; a flow gets its value"},
		{FormatJSON, `"42"`, `"\"42\""`, "a JSON scalar; a flow gets its value"},
		{FormatJSON, `"\ud800"`, `"\"\\ud800\""`, "a JSON scalar; a flow gets its value"},
	}
	for _, tt := range tests {
		got, err := tt.format.encode(tt.text)
		if err != nil {
			t.Errorf("%s %q: %v", tt.format, tt.text, err)
			continue
		}
		if sent := string(got.value.Reveal()); sent != tt.sent || got.reason != tt.reason {
			t.Errorf("%s %q: sent %s (%s), want %s (%s)", tt.format, tt.text, sent, got.reason, tt.sent, tt.reason)
		}
	}
}

// Prefect's client cannot take such an answer apart, and its json.loads can read
// such a text, or cannot.
func TestEncodeKeepsToTextWhatTheClientCannotTakeApart(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	long := "[" + strings.Repeat("9", pyjson.MaxDigits+1) + "]"
	for text, want := range map[string]string{
		nested(maxBoxDepth):     nested(maxBoxDepth),
		nested(maxBoxDepth + 1): string(prefect.TextValue(nested(maxBoxDepth + 1)).Reveal()),
		long:                    string(prefect.TextValue(string(prefect.TextValue(long).Reveal())).Reveal()),
	} {
		got, err := FormatAuto.encode(text)
		if err != nil || string(got.value.Reveal()) != want {
			t.Errorf("%.10q of %d bytes: %v, or sent otherwise", text, len(text), err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	deep := strings.Repeat("[", pyjson.MaxDepth+1) + strings.Repeat("]", pyjson.MaxDepth+1)
	for _, text := range []string{"plain", "NaN", "null", " null ", "{'a': 1}", deep} {
		if _, err := FormatJSON.encode(text); err == nil {
			t.Errorf("json took %.20q", text)
		}
	}
}
