package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestReservedStrings has what Prefect 1.4.1 does with each text.
func TestReservedStrings(t *testing.T) {
	const keys = `reserved-key: the string in secret j becomes a table with the key "keys"`
	const fails = ": import prefect fails with ValueError"
	for _, tt := range []struct {
		value   string
		version release.Version
		want    []string
	}{
		{`'{"keys": 1}'`, release.Any, []string{"2 " + keys + " in 0.11.2 to 1.4.1" + fails}},
		{`'{"a": {"keys": {}}, "items": 1}'`, release.Number{1, 4, 1}.Version(), []string{"2 " + keys + fails}},
		{`" ({'keys': '$X'})"`, release.Number{1, 4, 1}.Version(), []string{"2 " + keys + fails}},
		{`'{"keys": 1}'`, release.Number{0, 9, 3}.Version(), nil},
		{`'{"keys": 1}'`, release.Documented, nil},
		{`'{"keys": true}'`, release.Number{1, 4, 1}.Version(), nil},
		{`'{"a": [{"keys": 1}], 1: "items"}'`, release.Number{1, 4, 1}.Version(), nil},
		{`"'{\"keys\": 1}'"`, release.Number{1, 4, 1}.Version(), nil},
		{`['{"keys": 1}']`, release.Number{1, 4, 1}.Version(), nil},
	} {
		opts := Options{Version: tt.version, Rules: []string{"reserved-key"}}
		found := File("a.toml", []byte("[context.secrets]\nj = "+tt.value), opts)
		if diff := cmp.Diff(tt.want, outline(found)); diff != "" {
			t.Errorf("%s under %q: %s", tt.value, tt.version, diff)
		}
	}
}
