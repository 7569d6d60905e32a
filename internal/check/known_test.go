package check

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// measured is a row of fixtures/prefect/settings.jsonl: the first and the last
// release that has a setting in its config.toml (TOML), and that reads it (Read).
type measured struct {
	Path       string
	TOML, Read []string
}

func readMeasured(t testing.TB) []measured {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "../../fixtures/prefect/settings.jsonl"))), "\n")
	rows := make([]measured, len(lines)-1)
	for i, line := range lines[1:] {
		if err := json.Unmarshal([]byte(line), &rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// contains reports whether a release is within a span of the table, ends included.
func contains(t testing.TB, span []string, r release.Number) bool {
	t.Helper()
	if len(span) == 0 {
		return false
	}
	first, last := parseRelease(t, span[0]), parseRelease(t, span[1])
	return slices.Compare(first[:], r[:]) <= 0 && slices.Compare(r[:], last[:]) <= 0
}

func parseRelease(t testing.TB, text string) (r release.Number) {
	t.Helper()
	if err := json.Unmarshal([]byte("["+strings.ReplaceAll(text, ".", ",")+"]"), &r); err != nil {
		t.Fatal(text, err)
	}
	return r
}

// TestKnownAsMeasured asks unknown-key and deprecated about each setting of the
// table, for each version.
func TestKnownAsMeasured(t *testing.T) {
	for v, r := range map[release.Version]release.Number{release.Number{0, 9, 3}.Version(): {0, 9, 3}, release.Number{1, 4, 1}.Version(): {1, 4, 1}} {
		for _, row := range readMeasured(t) {
			if len(row.Read) == 0 || row.Path == envVars {
				continue // no release's code reads it; or it is a table
			}
			read, hasDefault := contains(t, row.Read, r), contains(t, row.TOML, r)
			deprecated := v == release.Number{1, 4, 1}.Version() && !read
			if got := hasFinding(v, row.Path, "unknown-key"); got != (!read && !hasDefault && !deprecated) {
				t.Errorf("%s: unknown-key reports %s: %t", v, row.Path, got)
			}
			if got := hasFinding(v, row.Path, "deprecated"); got != deprecated {
				t.Errorf("%s: deprecated reports %s: %t", v, row.Path, got)
			}
		}
	}
}

func hasFinding(v release.Version, setting, rule string) bool {
	found := File("x.toml", []byte(setting+" = 1\n"), Options{Version: v})
	return slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Rule == rule })
}

// TestKnownToAny has settings of releases between the two versions.
func TestKnownToAny(t *testing.T) {
	for setting, want := range map[string]string{
		"server.ui.graphql_url":         "deprecated",
		"cloud.agent.env_vars.A":        "",
		"tasks.defaults.timeout":        "",
		"cloud.tenant_id":               "",
		"engine.executor.dask.adress":   "unknown-key",
		"cloud.rate_limiting.max_retry": "unknown-key",
		"cloud.agent":                   "unknown-key",
		"cloud":                         "unknown-key",
		"context":                       "",
	} {
		for _, rule := range []string{"deprecated", "unknown-key"} {
			if got := hasFinding(release.Any, setting, rule); got != (rule == want) {
				t.Errorf("%s reports %s: %t", rule, setting, got)
			}
		}
	}
}
