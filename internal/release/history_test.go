package release

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// measured is a row of fixtures/prefect/settings.jsonl: the first and the last
// release that has a setting in its config.toml, and that reads it.
type measured struct {
	Path       string
	TOML, Read []string
}

func readMeasured(t testing.TB) []measured {
	t.Helper()
	text, err := os.ReadFile("../../fixtures/prefect/settings.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	rows := make([]measured, len(lines)-1)
	for i, line := range lines[1:] {
		if err := json.Unmarshal([]byte(line), &rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// contains reports whether a span of the table has a release.
func contains(t testing.TB, span []string, r Number) bool {
	t.Helper()
	if len(span) == 0 {
		return false
	}
	first, last := parseRelease(t, span[0]), parseRelease(t, span[1])
	return slices.Compare(first[:], r[:]) <= 0 && slices.Compare(r[:], last[:]) <= 0
}

func parseRelease(t testing.TB, text string) (r Number) {
	t.Helper()
	if err := json.Unmarshal([]byte("["+strings.ReplaceAll(text, ".", ",")+"]"), &r); err != nil {
		t.Fatal(text, err)
	}
	return r
}

// TestDefaultsAreMeasured compares the default settings of a release with its
// config.toml.
func TestDefaultsAreMeasured(t *testing.T) {
	for _, v := range []Version{Documented, Number{0, 9, 3}.Version(), Number{1, 4, 1}.Version()} {
		var want []string
		for _, row := range readMeasured(t) {
			if contains(t, row.TOML, v.Number()) {
				want = append(want, row.Path)
			}
		}
		if diff := cmp.Diff(want, slices.Sorted(slices.Values(v.Settings()))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v, diff)
		}
	}
}

// TestHistoriesAreMeasured compares the histories with the table: they are the
// settings that Prefect 1.4.1 no longer reads, or that are read without being a
// default.
func TestHistoriesAreMeasured(t *testing.T) {
	want, got := map[string][]string{}, map[string][]string{}
	for _, row := range readMeasured(t) {
		if len(row.Read) > 0 && (len(row.TOML) == 0 || !contains(t, row.Read, latest)) {
			want[row.Path] = row.Read
		}
	}
	for _, h := range histories {
		got[h.Name] = []string{h.First.String(), h.Last.String()}
		if (h.Instead == "") != (h.Last == latest) {
			t.Errorf("%s: read up to %s, and instead of it: %q", h.Name, h.Last, h.Instead)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
