package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestPorts asks for ports in quotes, as Prefect ships them, and without.
func TestPorts(t *testing.T) {
	const fails = " is a number, with which prefect server start fails with TypeError"
	for _, section := range []string{"server", "server.database", "server.graphql", "server.hasura", "server.ui"} {
		quoted := "[" + section + "]\nport = '4300'\nhost_port = '4300'\n"
		bare := "[" + section + "]\nhost_port = 4300\n"
		for _, v := range release.Any.Releases() {
			if got := outline(File("a.toml", []byte(quoted), Options{Rules: []string{"type"}, Version: v})); len(got) > 0 {
				t.Errorf("%s, %s: %q", v, section, got)
			}
		}
		for v, want := range map[release.Version][]string{
			release.Any:                        nil,
			release.Number{0, 10, 7}.Version(): {"2 type: " + section + ".host_port" + fails},
			release.Number{0, 11, 1}.Version(): {"2 type: " + section + ".host_port" + fails},
			release.Number{0, 11, 2}.Version(): nil,
			release.Number{1, 4, 1}.Version():  nil,
		} {
			got := outline(File("a.toml", []byte(bare), Options{Rules: []string{"type"}, Version: v}))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: %s", v, section, diff)
			}
		}
	}
}

func TestNotAPort(t *testing.T) {
	const notPort = "2 type: server.port is not a port in 0.10.0 to 1.4.1"
	for value, want := range map[string][]string{
		"'4200'": nil, "4200": nil, "'$PORT'": nil, "'${server.port}'": nil,
		"0x1068": nil, "4_200": nil, "+4200": nil,
		"'http'": {notPort}, "true": {notPort}, "'65536'": {notPort}, "'-1'": {notPort}, "65536": {notPort}, "-1": {notPort},
		"'4_200'": {"2 type: server.port is not a port in 0.10.0 to 0.11.1"}, "' 4200'": {"2 type: server.port is not a port in 0.10.0 to 0.11.1"},
	} {
		got := outline(File("a.toml", []byte("[server]\nport = "+value+"\n"), Options{Rules: []string{"type"}}))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", value, diff)
		}
	}
}
