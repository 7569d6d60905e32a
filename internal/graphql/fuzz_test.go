package graphql

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzExecute looks for panics, for answers that are not JSON, for values in errors
// and for input whose cost is out of proportion.
func FuzzExecute(f *testing.F) {
	for _, seed := range []string{
		`{name}`, `query($t: thing){echo(thing: $t)}`, `{echo(j: {a: ["CANARY", 1e9]})}`,
		standardIntrospection, fragmentChain(3),
		`query($s: String!){...a} fragment a on Query{required(s: $s) @skip(if: false)}`,
		`mutation{push(s: "CANARY")}`,
		"{echo(s: \"\"\"CANARY\"\"\")}", `{echo(s: "\u{1F600}")}`, `{a(b: "CANARY" c)}`, `{echo(way: $x)}`,
	} {
		f.Add(seed, `{"t": {"name": "CANARY", "value": [1, {"CANARY": null}]}, "s": "CANARY"}`)
	}
	s := newTestSchema(f)
	f.Fuzz(func(t *testing.T, query, text string) {
		if !utf8.ValidString(query) || !utf8.ValidString(text) {
			return
		}
		start := time.Now()
		vars, err := ReadVariables([]byte(text))
		if err != nil {
			return
		}
		op, errs := s.Prepare(Request{Query: query, Variables: vars})
		answer := (&Response{Errors: errs}).Append(nil)
		if len(errs) > 0 && strings.Contains(string(answer), "CANARY") && !nameInDocument(query) {
			t.Errorf("an error gives its input away: %s", answer)
		}
		if op != nil {
			answer = []byte(run(s, Request{Query: query, Variables: vars}))
		}
		if !json.Valid(answer) {
			t.Errorf("no JSON: %s", answer)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d bytes took %s", len(query)+len(text), took)
		}
	})
}

// nameInDocument reports whether CANARY is in the document outside strings and
// comments. It is then a name, which an error may repeat.
func nameInDocument(query string) bool {
	return strings.Contains(strings.ReplaceAll(query, `"CANARY"`, ""), "CANARY")
}

// FuzzCanonical checks that canonical JSON means the same as the original and is its
// own canonical form.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{ "a" : [1.50, -0, 1e400, "\u00e4\ud83d\ude00\/\b"] }`,
		`"\ud800\udc00\ud800"`, `" <&> "`, `[true,false,null]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if !json.Valid([]byte(in)) || !utf8.ValidString(in) {
			return
		}
		out := appendCanonical(nil, []byte(in))
		if again := appendCanonical(nil, out); string(again) != string(out) {
			t.Fatalf("%q becomes %q and then %q", in, out, again)
		}
		if want, got := decode(t, in), decode(t, string(out)); !reflect.DeepEqual(want, got) {
			t.Fatalf("%q becomes %q", in, out)
		}
		if c := (cursor{text: out}); string(c.skip()) != string(out) || c.pos != len(out) {
			t.Fatalf("skip stops at %d of %q", c.pos, out)
		}
	})
}

func decode(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

func TestEqualTextsAreEqualBytes(t *testing.T) {
	for _, in := range []string{`"ä/😀"`, `"\u00e4\/\ud83d\ude00"`, `"\u00E4/\uD83D\uDE00"`} {
		if got := string(appendCanonical(nil, []byte(in))); got != `"ä/😀"` {
			t.Errorf("%s becomes %s", in, got)
		}
	}
	text := "\x00\x1f\"\\\b\f\n\r\t/ä"
	quoted, _ := json.Marshal(text)
	if a, b := string(appendString(nil, text)), string(appendCanonical(nil, quoted)); a != b {
		t.Errorf("appendString %s, appendCanonical %s", a, b)
	}
}

func BenchmarkSetThroughCache(b *testing.B) {
	s := newTestSchema(b)
	r := Request{Query: `query($t: thing){echo(thing: $t)}`,
		Variables: variables(`{"t": {"name": "n", "value": "v"}}`)}
	for b.Loop() {
		run(s, r)
	}
}
