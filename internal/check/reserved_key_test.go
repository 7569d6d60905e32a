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
		if got := reservedIn(AnyVersion, name); got != want {
			t.Errorf("%s: got %d, recorded %d", name, got, want)
		}
	}
	if releases != len(boxes(AnyVersion)) || reservedIn(AnyVersion, "name") != 0 {
		t.Errorf("%d releases, and name is %d", releases, reservedIn(AnyVersion, "name"))
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

// TestReservedInAVersion has names that are reserved in some releases only, as
// Prefect 0.9.3 and 1.4.1 have them.
func TestReservedInAVersion(t *testing.T) {
	for _, tt := range []struct {
		name            string
		any, v0_9, v1_4 int
	}{
		{"items", 1, 1, 1},
		{"to_toml", 1, 0, 1},
		{"box_it_up", 1, 1, 0},
		{"name", 0, 0, 0},
	} {
		for v, want := range map[Version]int{AnyVersion: tt.any, Documented: tt.v0_9, V0_9: tt.v0_9, V1_4: tt.v1_4} {
			if got := File("f", []byte("[a]\n"+tt.name+" = 1"), Options{Version: v, Rules: []string{"reserved-key"}}); len(got) != want {
				t.Errorf("%s under %q: got %d findings, want %d", tt.name, v, len(got), want)
			}
		}
	}
}
