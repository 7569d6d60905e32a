package sync

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// planRows returns the kind and the reason of each name in a plan.
func planRows(t *testing.T, in Run) map[string]string {
	t.Helper()
	plan, err := NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, a := range plan.Actions {
		all[a.Name] = string(a.Kind) + ": " + a.Reason
	}
	return all
}

func newTypedSource(t *testing.T, text string) *Source {
	t.Helper()
	source, err := ParseSecretsFile("s.json", "s.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestTypedJSONGoesAsItIs(t *testing.T) {
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	long := strings.Repeat("9", pyjson.MaxDigits+1)
	source := newTypedSource(t, `{"TEXT": "42", "INT": 5432, "EXP": 1e400, "DIGITS": 12345678901234567890.10, "ZERO": -0.0, "ON": true, "OFF": false,
 "LIST": [ 1.50, "a" ], "OBJECT": {"b": 2,  "a": {"c": null}}, "ONE": ["x"], "NONE": {}, "HALF": ["\ud800"], "DEEP": `+deep+`, "LONG": `+long+`}`)
	want := map[string]string{
		"TEXT": `"\"42\""`, "INT": "5432", "EXP": "1e400", "DIGITS": "12345678901234567890.10",
		"ZERO": "-0.0", "ON": "true", "OFF": "false",
		"LIST": `[1.50,"a"]`, "OBJECT": `{"b":2,"a":{"c":null}}`, "ONE": `["x"]`, "NONE": "{}", "HALF": `"[\"\\ud800\"]"`,
		"DEEP": `"` + deep + `"`, "LONG": `"\"` + long + `\""`,
	}
	if diff := cmp.Diff(want, sentValues(t, source, Rules{})); diff != "" {
		t.Error(diff)
	}
	got := planRows(t, Run{Sources: []*Source{source}})
	for name, reason := range map[string]string{
		"INT": "number", "EXP": "number", "ON": "boolean", "LIST": "list with 2 items",
		"OBJECT": "object with 2 keys", "ONE": "list with 1 item",
		"NONE": "object with 0 keys", "DEEP": "list with 1 item",
		"LONG": "number; sent as a string, because it " + exceedsLimits,
	} {
		if got[name] != "create: "+reason {
			t.Errorf("%s: %s", name, got[name])
		}
	}
}

func TestFormatsOfTypedJSON(t *testing.T) {
	source := newTypedSource(t, `{"NUMBER": 1.10, "FLAG": true, "LIST": [1, "a"]}`)
	for format, want := range map[Format]map[string]string{
		FormatString: {"NUMBER": `"\"1.10\""`, "FLAG": `"\"true\""`, "LIST": `"\"[1,\\\"a\\\"]\""`},
		FormatJSON:   {"NUMBER": "1.10", "FLAG": "true", "LIST": `[1,"a"]`},
		FormatRaw:    {"NUMBER": `"1.10"`, "FLAG": `"true"`, "LIST": `"[1,\"a\"]"`},
	} {
		rules := Rules{Names: map[string]NameRule{}}
		for name := range want {
			rules.Names[name] = NameRule{From: name, Format: format, Required: true}
		}
		if diff := cmp.Diff(want, sentValues(t, source, rules)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
		reason := map[Format]string{FormatString: "number; sent as a string", FormatJSON: "number", FormatRaw: "number"}[format]
		if got := planRows(t, Run{Sources: []*Source{source}, Rules: rules})["NUMBER"]; got != "create: "+reason {
			t.Errorf("%s: %s", format, got)
		}
	}
}

func TestTypedJSONErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{
			"{\"A\": null,\n \"B\": {\"c\": null},\n \"C\":null}",
			"s.json:1:2: \"A\" is null, which no store accepts: give it a value, or leave it out\ns.json:3:2: \"C\" is null",
		},
		{"{\"A\": 1,\n \"B\": [1, " + hidden + "]}", "s.json:2:11: a string must be in double quotes"},
		{"{\"A\": 1,\n \"B\": {\"" + hidden + "\": 01}}", "s.json:2:23: a number with a 0 before it: put it in double quotes"},
		{"{\"A\": 1,\n \"B\": NaN}", "s.json:2:7: JSON has no NaN: put it in double quotes"},
		{"{\"A\": [1, {", "the JSON ends too early"},
		{"{\"A\": [1]} " + hidden, "text after the end of the JSON object"},
		{`{"A": 1, "A": ["` + hidden + `"]}`, `duplicate name "A"`},
		{
			`[{"name": "A", "value": "` + hidden + `"}]`,
			"not a JSON object of names and values: jq 'map({(.name): .value}) | add'",
		},
		{`"` + hidden + `"`, "not a JSON object"},
	}
	for _, tt := range tests {
		_, err := ParseSecretsFile("s.json", "s.json", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), hidden) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

// GitHub's contexts have only strings, with a byte order mark or without.
func TestContextsStayStrings(t *testing.T) {
	for _, value := range []string{"1", "true", "[1]", `{"a": 1}`, "null"} {
		for _, parse := range []func(string, []byte) (*Source, error){ParseSecrets, ParseVars} {
			if _, err := parse("s", []byte(`{"A": `+value+`}`)); err == nil || !strings.Contains(err.Error(), `but must be a string`) {
				t.Errorf("%s: got %v", value, err)
			}
			if _, err := parse("s", []byte("\ufeff{\"A\": \"x\"}")); err != nil {
				t.Error(err)
			}
		}
	}
}

// The keys of a run are skipped, in a value of any type and under any name. A name of a
// key's variable is skipped unless the rules ask for it by name.
func TestKeysStayOut(t *testing.T) {
	key, other := "key-"+hidden, "other-"+hidden
	source := newTypedSource(t, fmt.Sprintf(`{"A": 1, "OBJECT": {"a": [{"b": "%s"}]}, "LIST": ["x", "%s\n"], "TEXT": "{\"a\": \"%s\"}", "NUMBER": 7700123,
 "SECOND": "\"%s\"", "NEAR": ["%s0"], "NAMED": {"%s": 1}, "PREFECT_SECRETS_API_KEY": "rotated", "PREFECT__CLOUD__API_KEY": "", "PREFECT_API_KEY": "old"}`, key, other, key, other, key, key))
	in := Run{
		Sources: []*Source{source},
		Keys: []prefect.Value{
			prefect.TextValue(other), prefect.TextValue(""), prefect.TextValue("7700123"), {}, prefect.TextValue(key),
		},
	}
	const (
		is    = "skip: its value is the API key of this run"
		holds = "skip: it holds the API key of this run"
		named = "skip: this is the name of an API key; give it a name in [names] if flows are to read it"
	)
	want := map[string]string{
		"A": "create: number", "OBJECT": holds, "LIST": holds, "TEXT": holds, "NUMBER": is, "SECOND": is,
		"NEAR": "create: list with 1 item", "NAMED": "create: object with 1 key",
		"PREFECT_SECRETS_API_KEY": named, "PREFECT__CLOUD__API_KEY": "skip: empty", "PREFECT_API_KEY": named,
	}
	if diff := cmp.Diff(want, planRows(t, in)); diff != "" {
		t.Error(diff)
	}
	in.Rules = Rules{
		Include: []string{"PREFECT_API_KEY", "PREFECT_*"},
		Names:   map[string]NameRule{"k": {From: "PREFECT_SECRETS_API_KEY"}},
	}
	got := planRows(t, in)
	if got["k"] != "create: " || got["PREFECT_API_KEY"] != "create: " {
		t.Errorf("asked for by name: %v", got)
	}
	in.Rules = Rules{Names: map[string]NameRule{"k": {From: "OBJECT", Required: true}}}
	const problem = `"k" is required, but its source OBJECT is left out: it holds the API key`
	if _, err := NewPlan(in); err == nil || !strings.Contains(err.Error(), problem) {
		t.Errorf("got %v, want %q", err, problem)
	}
}

// TestKeysOfEveryKindStayOut has keys of other stores, which have any name. They are sent
// only if the rules ask for them by name.
func TestKeysOfEveryKindStayOut(t *testing.T) {
	source := newTypedSource(t, fmt.Sprintf(`{"PREFECT_3_API_KEY": "pnu_%[1]s", "BOT": " PNB_%[1]s\n", "OWN": "\"pfs_%[1]s\"", "HEADER": "Bearer pfs_%[1]s",
 "OBJECT": {"a": ["pnu_%[1]s"]}, "TEXT": "{\"a\": \"pfs_%[1]s\"}", "NAMED": {"pnu_%[1]s": 1}, "EMPTY": "",
 "NEAR": "xpnu", "HOST": "postgres://u:p@pfs_db.internal/x", "WORD": "PFS_MOUNT=/x"}`, hidden+strings.Repeat("x", 30)))
	const holds = "skip: it holds an API key; give it a name in [names] if flows are to read it"
	want := map[string]string{
		"PREFECT_3_API_KEY": holds, "BOT": holds, "OWN": holds, "HEADER": holds, "OBJECT": holds, "TEXT": holds,
		"NAMED": holds, "EMPTY": "skip: empty", "NEAR": "create: ", "HOST": "create: ", "WORD": "create: ",
	}
	if diff := cmp.Diff(want, planRows(t, Run{Sources: []*Source{source}})); diff != "" {
		t.Error(diff)
	}
	asked := Rules{Include: []string{"BOT", "*"}, Names: map[string]NameRule{"k": {From: "PREFECT_3_API_KEY"}, "OBJECT": {From: "OBJECT"}}}
	got := planRows(t, Run{Sources: []*Source{source}, Rules: asked})
	for name, want := range map[string]string{"k": "create: ", "BOT": "create: ", "OBJECT": "create: object with 1 key", "OWN": holds} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
}
