package check

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// measured is a row of fixtures/prefect/settings.jsonl: the first and the last
// release that has a setting in its config.toml, and that reads it.
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

// contains reports whether a span of the table has a release.
func contains(t testing.TB, span []string, r release) bool {
	t.Helper()
	if len(span) == 0 {
		return false
	}
	first, last := parseRelease(t, span[0]), parseRelease(t, span[1])
	return slices.Compare(first[:], r[:]) <= 0 && slices.Compare(r[:], last[:]) <= 0
}

func parseRelease(t testing.TB, text string) (r release) {
	t.Helper()
	if err := json.Unmarshal([]byte("["+strings.ReplaceAll(text, ".", ",")+"]"), &r); err != nil {
		t.Fatal(text, err)
	}
	return r
}

// TestDefaultsAreMeasured holds the settings that a release begins with to its
// config.toml.
func TestDefaultsAreMeasured(t *testing.T) {
	for _, v := range []prefect.Version{prefect.Documented, prefect.V0_9, prefect.V1_4} {
		var want []string
		for _, row := range readMeasured(t) {
			if contains(t, row.TOML, releaseOf(v)) {
				want = append(want, row.Path)
			}
		}
		if diff := cmp.Diff(want, slices.Sorted(slices.Values(prefect.Settings(v)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v, diff)
		}
	}
}

// TestHistoriesAreMeasured holds each history to the table, and the table to the
// histories: those settings that Prefect 1.4.1 reads no more, or that are read
// and begun with by no release.
func TestHistoriesAreMeasured(t *testing.T) {
	want, got := map[string][]string{}, map[string][]string{}
	for _, row := range readMeasured(t) {
		if len(row.Read) > 0 && (len(row.TOML) == 0 || !contains(t, row.Read, latest)) {
			want[row.Path] = row.Read
		}
	}
	for _, h := range histories {
		got[h.name] = []string{h.first.String(), h.last.String()}
		if (h.instead == "") != (h.last == latest) {
			t.Errorf("%s: read up to %s, and instead of it: %q", h.name, h.last, h.instead)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestKnownAsMeasured asks unknown-key and deprecated about each setting of the
// table, for each version.
func TestKnownAsMeasured(t *testing.T) {
	for _, v := range []Version{V0_9, V1_4} {
		r := releaseOf(v.Prefects()[0])
		for _, row := range readMeasured(t) {
			if len(row.Read) == 0 || row.Path == envVars {
				continue // no release's code reads it; or it is a table
			}
			read, begun := contains(t, row.Read, r), contains(t, row.TOML, r)
			gone := v == V1_4 && !read
			if got := reports(v, row.Path, "unknown-key"); got != (!read && !begun && !gone) {
				t.Errorf("%s: unknown-key reports %s: %t", v, row.Path, got)
			}
			if got := reports(v, row.Path, "deprecated"); got != gone {
				t.Errorf("%s: deprecated reports %s: %t", v, row.Path, got)
			}
		}
	}
}

func reports(v Version, setting, rule string) bool {
	found := File("x.toml", []byte(setting+" = 1\n"), Options{Version: v})
	return slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Rule == rule })
}

// TestKnownToAny asks about settings whose release lies between the two versions.
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
			if got := reports(AnyVersion, setting, rule); got != (rule == want) {
				t.Errorf("%s reports %s: %t", rule, setting, got)
			}
		}
	}
}
