package check

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReservedNames holds the table to testdata/reserved-keys.jsonl: dir() of
// python-box's Box without its object's own, asked of each release that is named.
func TestReservedNames(t *testing.T) {
	releases, counts := 0, map[string]int{}
	for line := range bytes.Lines(readFile(t, "testdata/reserved-keys.jsonl")) {
		var release struct{ Dir []string }
		if err := json.Unmarshal(line, &release); err != nil {
			t.Fatal(err)
		}
		releases++
		for _, name := range release.Dir {
			counts[name]++
		}
	}
	for name, n := range counts {
		want := reservedSome
		if n == releases {
			want = reservedAll
		}
		if got := reservedIn(name); got != want {
			t.Errorf("%s: got %d, recorded %d", name, got, want)
		}
	}
	if releases != boxes || reservedIn("name") != 0 {
		t.Errorf("%d releases, and name is %d", releases, reservedIn("name"))
	}
}

// TestReservedKeys has what Prefect 0.9.3 and 1.4.1 do with each, as recorded
// from them.
func TestReservedKeys(t *testing.T) {
	for text, want := range map[string][]string{
		"[a]\nget = 1":                     {"a.get"},
		"[items]\nx = 1":                   {"items"},
		"[context.secrets]\nupdate = '$X'": {"context.secrets.update"},
		"a = {items = 1}":                  {"a.items"},
		"a = [{items = 1}]":                nil,
		"[[a]]\nitems = 1":                 nil,
		"[a]\nname = 1\ntype = 1\nif = 1":  nil,
		"[a]\nITEMS = 1":                   nil,
		"[items]":                          nil,
		"a = { items = {} }":               nil,
		"items = []":                       {"items"},
		"[[items]]":                        {"items"},
		"[items.a]\nx = 1\n[items.b]\n":    {"items"},
		"[items]\n[items.keys]\nx = 1":     {"items", "items.keys"},
		"'a.items' = 1":                    nil,
	} {
		var got []string
		for _, d := range File("f", []byte(text), Options{Rules: []string{"reserved-key"}}) {
			got = append(got, d.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
