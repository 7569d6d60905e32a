package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReservedTexts has what Prefect 1.4.1 does with each text.
func TestReservedTexts(t *testing.T) {
	const keys = `reserved-key: the text of secret j becomes a table with the key "keys"`
	const fails = ": import prefect fails with ValueError"
	for _, tt := range []struct {
		value   string
		version Version
		want    []string
	}{
		{`'{"keys": 1}'`, AnyVersion, []string{"2 " + keys + " in Prefect 1.4" + fails}},
		{`'{"a": {"keys": {}}, "items": 1}'`, V1_4, []string{"2 " + keys + fails}},
		{`" ({'keys': '$X'})"`, V1_4, []string{"2 " + keys + fails}},
		{`'{"keys": 1}'`, V0_9, nil},
		{`'{"keys": 1}'`, Documented, nil},
		{`'{"keys": true}'`, V1_4, nil},
		{`'{"a": [{"keys": 1}], 1: "items"}'`, V1_4, nil},
		{`"'{\"keys\": 1}'"`, V1_4, nil},
		{`['{"keys": 1}']`, V1_4, nil},
	} {
		found := File("a.toml", []byte("[context.secrets]\nj = "+tt.value), Options{Version: tt.version, Rules: []string{"reserved-key"}})
		if diff := cmp.Diff(tt.want, outline(found)); diff != "" {
			t.Errorf("%s under %q: %s", tt.value, tt.version, diff)
		}
	}
}
