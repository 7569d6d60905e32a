package sync_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func TestNamesAreThoseOfTheStore(t *testing.T) {
	store := newShelf()
	for _, name := range []string{"team-old", "team-kept", "db-password", "other"} {
		store.memory.values[name] = []byte(`"old"`)
	}
	plan := mustPlan(t, store, secretsync.Run{
		Writer: store, Notes: []string{"of the run"},
		Sources: newSources("DB_PASSWORD", "x", "SLACK_URL", "y", "TEAM_KEPT", "", "DEBUG_X", "z"),
		Rules: secretsync.Rules{
			Exclude: []string{"DEBUG_*"},
			Names: map[string]secretsync.NameRule{
				"DB_PASSWORD": {From: "DB_PASSWORD"}, // the source says it: no reason repeats it
				"Slack_Hook":  {From: "SLACK_URL", Required: true},
			},
		},
		Prune: secretsync.Prune{Scope: []string{"TEAM_*", "other"}, Unowned: true},
	})
	want := []string{
		"skip DEBUG_X<DEBUG_X excluded by \"DEBUG_*\"",
		"overwrite db-password<DB_PASSWORD",
		"delete other< not in any source",
		"create slack-hook<SLACK_URL Slack_Hook → slack-hook",
		"skip team-kept<TEAM_KEPT empty",
		"delete team-old< not in any source",
	}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Error(diff)
	}
	remarks := []string{
		"the server is shelf 1.0",
		"prune scope in the store: TEAM_* → team-*",
	}
	if diff := cmp.Diff(remarks, plan.Remarks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"of the run", "somebody may still read what is deleted"}, plan.Notes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"db-password"}, store.asked); diff != "" {
		t.Errorf("the store compared others: %s", diff)
	}
}

func TestNamesThatTheStoreCannotKeep(t *testing.T) {
	tests := []struct {
		sources []*secretsync.Source
		rules   secretsync.Rules
		prune   secretsync.Prune
		want    string
	}{
		{newSources("A_B", "x", "A-B", "y"), secretsync.Rules{}, secretsync.Prune{}, `"a-b" has two sources, A_B in s and A-B in s`},
		{
			newSources("A_B", "x", "C", "y"), secretsync.Rules{Names: map[string]secretsync.NameRule{"a-b": {From: "C"}}}, secretsync.Prune{},
			`"a-b" has two sources, A_B in s and C in s: exclude A_B, or give it another name in [names]`,
		},
		{
			newSources("C", "y"), secretsync.Rules{Names: map[string]secretsync.NameRule{"a-b": {From: "C"}, "A_B": {From: "C"}}}, secretsync.Prune{},
			`"A_B" and "a-b" would both be stored as "a-b": rename one of them`,
		},
		{newSources("pässwort", "x"), secretsync.Rules{}, secretsync.Prune{}, `"pässwort" in s: it has a letter that is not English: give it another name in [names], or leave it out`},
		{newSources("C", "y"), secretsync.Rules{Names: map[string]secretsync.NameRule{"ä": {From: "C"}}}, secretsync.Prune{}, `"ä": it has a letter`},
		{newSources("C", "y"), secretsync.Rules{}, secretsync.Prune{Scope: []string{"ä*"}}, `prune scope "ä*": it has a letter`},
		{
			newSources("C", "y"), secretsync.Rules{Names: map[string]secretsync.NameRule{"A_B": {From: "D", Required: true}}}, secretsync.Prune{},
			`"A_B" is required, but D is not in any source`,
		},
	}
	for _, tt := range tests {
		_, err := secretsync.NewPlan(secretsync.Run{Writer: newShelf(), Sources: tt.sources, Rules: tt.rules, Prune: tt.prune})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// TestValuesAreThoseOfTheStore writes values of each format to a store of strings, and
// compares what is stored, as JSON.
func TestValuesAreThoseOfTheStore(t *testing.T) {
	const nested = `{"a": [1, {"b": null}]}`
	tests := []struct {
		format    secretsync.Format
		text      string
		parsed    string // what is stored, or the error, where flows parse strings
		notParsed string
	}{
		{"", "hello", `"hello"`, `"hello"`},
		{"", "123456", `"\"123456\""`, `"123456"`},
		{"", nested, `"{\"a\": [1, {\"b\": null}]}"`, `"{\"a\": [1, {\"b\": null}]}"`},
		{"", `[NaN]`, `"[NaN]"`, `"[NaN]"`},
		{"", "********", `"\"********\""`, "the store reserves this value"},
		{"string", nested, `"\"{\\\"a\\\": [1, {\\\"b\\\": null}]}\""`, `"{\"a\": [1, {\"b\": null}]}"`},
		{"string", "********", `"\"********\""`, "the store reserves this value"},
		{"json", nested, `"{\"a\": [1, {\"b\": null}]}"`, "format is json, but flows get a string from this store, so they cannot get an object"},
		{"json", " [1]", `" [1]"`, "format is json, but flows get a string from this store, so they cannot get an array"},
		{"json", "12", `"12"`, "so they cannot get a number: use format auto"},
		{"json", "true", `"true"`, "so they cannot get a boolean"},
		{"json", `"text"`, `"text"`, `"text"`},
		{"json", `"12"`, `"\"12\""`, `"12"`},
		{"json", `"********"`, `"\"********\""`, "the store reserves this value"},
		{"json", `"\ud800"`, `"\"\\ud800\""`, "the JSON string has half of a surrogate pair"},
		{"json", "null", "the value is JSON null", "the value is JSON null"},
		{"json", "{", "format is json, but the value is not JSON", "format is json, but the value is not JSON"},
		{"raw", "123456", `"123456"`, `"123456"`},
		{"raw", "********", "the store reserves this value", "the store reserves this value"},
	}
	for _, tt := range tests {
		for _, notParsed := range []bool{false, true} {
			want := tt.parsed
			if notParsed {
				want = tt.notParsed
			}
			store := newShelf()
			store.notParsed = notParsed
			got := syncOne(t, store, tt.text, tt.format)
			if got != want && (!strings.HasPrefix(got, "error: ") || !strings.Contains(got, want)) {
				t.Errorf("format %q of %s, not parsed %v: got %s, want %s", tt.format, tt.text, notParsed, got, want)
			}
		}
	}
}

// syncOne syncs one value and returns what the store has of it, or the error. Flows must
// get what the format promises.
func syncOne(t *testing.T, store *shelf, text string, format secretsync.Format) string {
	t.Helper()
	done, err := secretsync.Run{
		Writer: store, Sources: newSources("X", text),
		Rules: secretsync.Rules{Names: map[string]secretsync.NameRule{"x": {From: "X", Format: format}}},
	}.Sync(t.Context())
	if err != nil {
		return "error: " + err.Error()
	}
	report := done.Tenants[0].Report
	isPythonOnly := text == "[NaN]" || strings.Contains(text, `\ud`) // to which the store of the test is blind
	if v := report.Verified; !isPythonOnly && (report.Err != nil || v.Values == nil || *v.Values != 1 || v.WriterRefused != nil) {
		t.Errorf("format %q of %s: %v, %+v", format, text, report.Err, v)
	}
	return string(store.memory.values["x"])
}

func TestTypedValuesOfAFile(t *testing.T) {
	source, err := secretsync.ParseSecretsFile("f", "f.json", []byte(`{"N": 12, "B": true, "O": {"a": 1}, "S": "s"}`))
	if err != nil {
		t.Fatal(err)
	}
	for notParsed, want := range map[bool][]string{
		false: {"create b<B boolean", "create n<N number", "create o<O object with 1 key", "create s<S"},
		true: {
			"create b<B boolean; sent as a string", "create n<N number; sent as a string",
			"create o<O object with 1 key; sent as a string", "create s<S",
		},
	} {
		store := newShelf()
		store.notParsed = notParsed
		run := secretsync.Run{Writer: store, Sources: []*secretsync.Source{source}}
		if diff := cmp.Diff(want, lines(mustPlan(t, store, run))); diff != "" {
			t.Error(diff)
		}
		done, err := run.Sync(t.Context())
		if err != nil || done.Tenants[0].Report.Err != nil || *done.Tenants[0].Report.Verified.Values != 4 {
			t.Errorf("%v: %+v", err, done)
		}
	}
}

// TestAStoreReadsItsValuesBack has a store whose value differs from what was sent, and
// one whose key may not read.
func TestAStoreReadsItsValuesBack(t *testing.T) {
	store := newShelf()
	run := secretsync.Run{Writer: store, Sources: newSources("A", "1", "B", "2")}
	run.Steps.Progress = func(done, total int) {
		if done == total {
			store.memory.values["b"] = []byte(`"other"`)
		}
	}
	done, err := run.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report := done.Tenants[0].Report
	if v := report.Verified; *v.Values != 1 || !slices.Equal(v.Different, []string{"b"}) || report.Err == nil || report.Count(secretsync.Failed) != 1 {
		t.Errorf("%v, %+v", report.Err, v)
	}

	store.hidden = []string{"b"}
	store.memory.values["a"] = []byte(`"other"`)
	if done, err = run.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	report = done.Tenants[0].Report
	if v := report.Verified; *v.Values != 1 || len(v.Different) != 0 || !slices.Equal(v.Unreadable, []string{"b"}) || report.Err != nil {
		t.Errorf("a value that is hidden: %v, %+v", report.Err, v)
	}

	store.hidden = []string{"a", "b"}
	store.memory.values["a"] = []byte(`"other"`)
	if done, err = run.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	report = done.Tenants[0].Report
	if v := report.Verified; *v.Values != 1 || len(v.Unreadable) != 1 || report.Err != nil {
		t.Errorf("a value that is what was written: %v, %+v", report.Err, v)
	}

	store.hidden, store.refuses, run.Steps.Progress = nil, true, nil
	if done, err = run.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	report = done.Tenants[0].Report
	if v := report.Verified; v.Values != nil || v.WriterRefused != nil || v.Present != 2 || report.Err != nil || report.Count(secretsync.Overwritten) != 2 {
		t.Errorf("%v, %+v", report.Err, v)
	}
}
