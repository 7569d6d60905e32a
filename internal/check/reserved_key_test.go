package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestReservedKeys has what Prefect 0.9.3 and 1.4.1 do with each text, as recorded.
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

// TestReservedInAVersion has names that only some releases reserve: 0.9.3 may run with
// two releases of python-box that differ.
func TestReservedInAVersion(t *testing.T) {
	for _, tt := range []struct {
		name            string
		any, v0_9, v1_4 int
	}{
		{"items", 1, 1, 1},
		{"to_toml", 1, 1, 1},
		{"box_it_up", 1, 1, 0},
		{"name", 0, 0, 0},
	} {
		for v, want := range map[release.Version]int{
			release.Any: tt.any, release.Documented: tt.v0_9, release.Number{0, 9, 3}.Version(): tt.v0_9, release.Number{1, 4, 1}.Version(): tt.v1_4,
		} {
			opts := Options{Version: v, Rules: []string{"reserved-key"}}
			if got := File("f", []byte("[a]\n"+tt.name+" = 1"), opts); len(got) != want {
				t.Errorf("%s under %q: got %d findings, want %d", tt.name, v, len(got), want)
			}
		}
	}
}
