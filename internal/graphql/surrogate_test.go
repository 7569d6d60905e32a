package graphql

import "testing"

// Half a character in a literal is a mistake: gqlparser reads U+FFFD in its place,
// and a value would be changed unseen.
func TestLoneSurrogateInLiteral(t *testing.T) {
	tests := map[string]bool{
		`{echo(s: "a\ud800b")}`:                   true,
		`{x: name echo(s: "🔑 é\udc00")}`:          true,
		`{echo(json: {a: ["\ud83d"]})}`:           true,
		`{echo(s: "\ud83d\udd11")}`:               false,
		`{echo(s: "a\\ud800b")}`:                  false,
		`{echo(s: "\ufffd")}`:                     false,
		"{echo(s: \"\ufffd\")}":                   false,
		`{echo(s: """\ud800""")}`:                 false,
		`{x: echo(s: "é") y: echo(s: "a\udc00")}`: true,
	}
	s := newTestSchema(t)
	for query, bad := range tests {
		_, errs := s.Prepare(Request{Query: query})
		if (len(errs) > 0) != bad {
			t.Errorf("%s: %v", query, errs)
		}
	}
}

// The condition of a directive that is null refuses the document, wherever it stands.
func TestNullCondition(t *testing.T) {
	s := newTestSchema(t)
	for _, query := range []string{
		`query($y: Boolean = true){name @skip(if: $y)}`,
		`query($y: Boolean = true){x: name ...F} fragment F on Query{name @include(if: $y)}`,
	} {
		_, errs := s.Prepare(Request{Query: query, Variables: variables(`{"y": null}`)})
		if len(errs) != 1 || errs[0].Code != CodeInternal {
			t.Errorf("%s: %v", query, errs)
		}
		if _, errs := s.Prepare(Request{Query: query, Variables: variables(`{"y": false}`)}); len(errs) > 0 {
			t.Errorf("%s: %v", query, errs)
		}
	}
}
