package rawjson

import (
	"encoding/json"
	"testing"
)

func TestMembers(t *testing.T) {
	got := ""
	ok := Members([]byte(` {"a" : [1, {"b": "}"}], "\u00e4\"":2,"a":null} `), func(key []byte, value json.RawMessage) {
		got += string(key) + "=" + string(value) + ";"
	})
	if want := `a=[1, {"b": "}"}];ä"=2;a=null;`; !ok || got != want {
		t.Errorf("%t %s, want %s", ok, got, want)
	}
	for _, text := range []string{``, ` `, `[]`, `"{}"`, `{`, `{"a":1}}`, `{"a":1} {}`, `null`} {
		if Members([]byte(text), func([]byte, json.RawMessage) { t.Errorf("a member of %q", text) }) {
			t.Errorf("%q is not an object", text)
		}
	}
}

func TestElements(t *testing.T) {
	got, ok := Elements([]byte(` [1, {"a": [2]}, "]"] `), 2)
	if !ok || len(got) != 2 || string(got[1]) != `{"a": [2]}` {
		t.Errorf("%q %t", got, ok)
	}
	for _, text := range []string{``, ` `, `{}`, `[`, `[1] 2`} {
		if _, ok := Elements([]byte(text), 2); ok {
			t.Errorf("%q is not a list", text)
		}
	}
}
