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
		quoted := "[" + section + "]\nhost_port = '4300'\n"
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
