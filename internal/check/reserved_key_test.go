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
		{"to_msgpack", 1, 0, 1},
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

// TestReservedRange has what a finding says about the releases it holds for.
func TestReservedRange(t *testing.T) {
	const fails = ": import prefect fails with ValueError"
	for _, tt := range []struct{ name, version, want string }{
		{"items", "", fails},
		{"box_it_up", "", " in 0.6.7 to 0.8.1 and in 0.9.0 to 0.13.7 with python-box 3.4.6" + fails},
		{"from_toml", "", " in 0.9.0 to 0.13.7 with python-box 4.2.3 and in 0.13.8 to 1.4.1" + fails},
		{"to_msgpack", "", " in 0.13.8 to 1.4.1" + fails},
		{"get_comment", "", " in 0.13.8 to 1.4.1 with python-box 8.0.0" + fails},
		{"box_it_up", "0.8.1", fails},
		{"box_it_up", "0.9.3", " with python-box 3.4.6" + fails},
		{"from_toml", "documented", " with python-box 4.2.3" + fails},
		{"from_toml", "1.4.1", fails},
	} {
		opts := Options{Rules: []string{"reserved-key"}}
		if tt.version != "" {
			opts.Version = mustParseVersion(t, tt.version)
		}
		want := "2 reserved-key: no key can be named \"" + tt.name + "\"" + tt.want
		if diff := cmp.Diff([]string{want}, outline(File("f", []byte("[a]\n"+tt.name+" = 1"), opts))); diff != "" {
			t.Errorf("%s under %q: %s", tt.name, tt.version, diff)
		}
	}
}
