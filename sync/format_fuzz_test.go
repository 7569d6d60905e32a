package sync

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// formatSeeds are texts that are easily lost or changed on the way to a flow.
var formatSeeds = []string{
	"", "plain", "123456", "007", "-0", "0.10", "1e5", "1e400", "12345678901234567890123", "+1", ".5", "1.", "0x1F", "1_000",
	"true", "True", "false", "null", "None", "NaN", "nan", "Infinity", "-Infinity", "+Infinity", " NaN\n",
	" 42\n", "\t42", "\u00a042", "\ufeff42", "\v42", "42\x00", "٤٢", "\u2028",
	`""`, `"q"`, ` "q" `, `"42"`, `"\"42\""`, `"\u00e4"`, `"\ud83d\udd11"`, `"\ud800"`, `"\udc00\ud800"`, `"\x"`, "\"a\nb\"", `"open`, `'q'`,
	"{}", "[]", ` { "a" : [ 1.10 , { "b" : null } ] } `, `{"a": 1, "a": 2}`, `{"a": NaN}`, `[-Infinity]`, `{"a": "\ud800"}`, `["\\ud800"]`, `{"a": 1`, `[1,]`,
	`{'a': 1}`, `{"a": 1} x`, "[[[", "[1e400]", `[12345678901234567890123]`, `["<&>"]`,
	strings.Repeat("[", pyjson.MaxDepth) + strings.Repeat("]", pyjson.MaxDepth),
	strings.Repeat("[", pyjson.MaxDepth+1) + strings.Repeat("]", pyjson.MaxDepth+1),
	strings.Repeat(`{"a":`, pyjson.MaxDepth+1) + "1" + strings.Repeat("}", pyjson.MaxDepth+1),
	strings.Repeat("[", 5000), "pa$$w\"or'd is 100%\\n\n", "Grüße 日本語 🔑", "-----BEGIN EXAMPLE KEY-----\nx==\n",
}

// received is what Secret.get() gives a flow of what a store holds: of a text what
// json.loads makes of it, if that is anything, else the text; of other JSON its value
// (Prefect 1.4.1, client/secrets.py).
func received(t *testing.T, v prefect.Value) (any, error) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(v.Reveal())))
	dec.UseNumber()
	var held any
	if err := dec.Decode(&held); err != nil {
		t.Fatal("no JSON is sent")
	}
	text, isText := held.(string)
	if !isText {
		return held, nil
	}
	loaded, err := pyjson.Loads(text)
	if errors.Is(err, pyjson.ErrNotJSON) {
		return text, nil
	}
	return loaded, err
}

// promisedBy is what a format says that a flow gets of a text.
func promisedBy(format Format, text string) (any, error) {
	loaded, err := pyjson.Loads(text)
	switch {
	case errors.Is(err, pyjson.ErrNotJSON), format == FormatString, format == FormatAuto && (err != nil || !startsWithBracket(text)):
		return text, nil
	}
	return loaded, err
}

// checkFormats holds what the formats promise for one text: a flow gets the text
// back under string and, but for objects and arrays, under auto; those come back as
// such; json and raw give what json.loads makes of the text.
func checkFormats(t *testing.T, text string) {
	t.Helper()
	for _, format := range []Format{FormatAuto, FormatString, FormatRaw, FormatJSON} {
		encoded, err := format.encode(text)
		if err != nil {
			checkRefusal(t, format, text, err)
			continue
		}
		want, problem := promisedBy(format, text)
		got, err := received(t, encoded.value)
		if (err == nil) != (problem == nil) || err == nil && !equalJSON(got, want) {
			t.Errorf("%s, %.60q: a flow gets something else", format, text)
		}
		action := Action{sent: encoded, text: prefect.TextValue(text)}
		if err == nil && !equalJSON(got, action.flowValue()) {
			t.Errorf("%s, %.60q: reading back would find a difference", format, text)
		}
	}
}

// checkRefusal holds that json alone refuses, and only what is no JSON, too deep,
// or null.
func checkRefusal(t *testing.T, format Format, text string, err error) {
	t.Helper()
	loaded, problem := pyjson.Loads(text)
	if format != FormatJSON || problem == nil && loaded != nil && json.Valid([]byte(text)) {
		t.Errorf("%s refuses %.60q", format, text)
	}
	if strings.TrimSpace(text) != "null" && len(text) > 4 && strings.Contains(err.Error(), text) {
		t.Errorf("the error for %.60q quotes it", text)
	}
}

// TestFormatsKeepWhatTheyPromise tries texts made of the pieces of JSON.
func TestFormatsKeepWhatTheyPromise(t *testing.T) {
	pieces := []string{
		"{", "}", "[", "]", ",", ":", `"`, `"a"`, "\\", `\ud83d`, `\udd11`, `\n`, "0", "1", "42", "-", "+", ".", "e", "E5",
		"true", "false", "null", "NaN", "Infinity", " ", "\n", "\t", "x", "'", "$", "ä", "🔑", "\ufeff", "\x00",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var text strings.Builder
		for range 1 + random.IntN(8) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkFormats(t, text.String())
		checkFormats(t, "["+text.String()+"]")
		checkFormats(t, `{"a": "`+text.String()+`"}`)
	}
}

func FuzzFormat(f *testing.F) {
	for _, text := range formatSeeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkFormats(t, strings.ToValidUTF8(text, "")) })
}
