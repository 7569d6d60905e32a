package check

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

func TestNameCase(t *testing.T) {
	const many = "[context.secrets]\nA = '$A'\nB = '${B}'\nC = 'x${C}'\nD = '$D'\nlower = '$E'\nSLACK_WEBHOOK_URL = '$F'\nG = 'not$SET'\nH = '$SET!'\nI = '$1x'\n"
	opts := Options{Env: []string{"SET=x"}, Rules: []string{"env-name-case"}}
	for version, want := range map[release.Version][]string{
		release.Any: {"2 env-name-case: secrets A, B, C and 1 more take their values from the environment; Prefect's documentation makes such names lower-case"},
		release.Documented: {
			"2 env-name-case: the environment sets secret A, which the documentation names a", "3 env-name-case: the environment sets secret B, which the documentation names b",
			"4 env-name-case: the environment sets secret C, which the documentation names c", "5 env-name-case: the environment sets secret D, which the documentation names d",
		},
		release.Number{0, 9, 3}.Version(): nil, release.Number{1, 4, 1}.Version(): nil,
	} {
		opts.Version = version
		found := File("a.toml", []byte(many), opts)
		if diff := cmp.Diff(want, outline(found)); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
		if notes := slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Severity == SeverityNote }); notes != (version == release.Any) {
			t.Errorf("%s: %v", version, found)
		}
	}
}
