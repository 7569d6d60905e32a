package rawjson

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

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
		out := AppendCanonical(nil, []byte(in))
		if again := AppendCanonical(nil, out); string(again) != string(out) {
			t.Fatalf("%q becomes %q and then %q", in, out, again)
		}
		if want, got := decode(t, in), decode(t, string(out)); !reflect.DeepEqual(want, got) {
			t.Fatalf("%q becomes %q", in, out)
		}
		if c := (Cursor{Text: out}); string(c.Skip()) != string(out) || c.Pos != len(out) {
			t.Fatalf("skip stops at %d of %q", c.Pos, out)
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
		if got := string(AppendCanonical(nil, []byte(in))); got != `"ä/😀"` {
			t.Errorf("%s becomes %s", in, got)
		}
	}
	text := "\x00\x1f\"\\\b\f\n\r\t/ä"
	quoted, _ := json.Marshal(text)
	if a, b := string(AppendString(nil, text)), string(AppendCanonical(nil, quoted)); a != b {
		t.Errorf("AppendString %s, AppendCanonical %s", a, b)
	}
}
