package release_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

func TestEntriesSayWhatIsMissing(t *testing.T) {
	text := `
plain = "$SET and $UNSET stay"
set = "$SET"
unset = "$UNSET"
braces = "x${UNSET}y"
both = "${UNSET}${OTHER}"
to_unset = "${unset}"
to_braces = "${braces}"
nowhere = "${no.such}"
to_table = "${table}"
inner = "${table.${plain_key}}"
plain_key = "k"
from_value = "$VALUE"
[table]
k = "v"
[context.secrets]
K = "$UNSET"
`
	for _, version := range []release.Version{release.Documented, release.Number{0, 9, 3}.Version(), release.Number{1, 4, 1}.Version()} {
		loaded, err := release.Load(release.Options{
			Version: version, Text: text, NoDefaults: true, Env: []string{"SET=s", "VALUE=pa${ss}word"},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, e := range loaded.Entries() {
			if e.Missing != "" {
				got[strings.ToLower(strings.Join(e.Path, "."))] = e.Missing
			}
		}
		want := map[string]string{
			"unset": "UNSET", "braces": "UNSET", "both": "UNSET", "to_unset": "UNSET", "to_braces": "UNSET",
			"nowhere": "no.such", "to_table": "table", "from_value": "ss", "context.secrets.k": "UNSET",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
}
