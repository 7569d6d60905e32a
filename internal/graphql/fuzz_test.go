package graphql

import (
	"encoding/json"
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
		if !utf8.ValidString(query) || !utf8.ValidString(text) || !json.Valid([]byte(text)) {
			return
		}
		start := time.Now()
		vars := ReadVariables([]byte(text))
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

func BenchmarkSetThroughCache(b *testing.B) {
	s := newTestSchema(b)
	r := Request{Query: `query($t: thing){echo(thing: $t)}`,
		Variables: variables(`{"t": {"name": "n", "value": "v"}}`)}
	for b.Loop() {
		run(s, r)
	}
}
