package release

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// TestReservedNames compares the table with testdata/reserved-keys.jsonl: dir() of
// python-box's Box without object's own names, in each of the releases.
func TestReservedNames(t *testing.T) {
	text, err := os.ReadFile("testdata/reserved-keys.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	releases, counts := 0, map[string]int{}
	for line := range bytes.Lines(text) {
		var release struct{ Dir []string }
		if err := json.Unmarshal(line, &release); err != nil {
			t.Fatal(err)
		}
		releases++
		for _, name := range release.Dir {
			counts[name]++
		}
	}
	for name, n := range counts {
		want := ReservedBySome
		if n == releases {
			want = ReservedByAll
		}
		if got := Any.Reserved(name); got != want {
			t.Errorf("%s: got %d, recorded %d", name, got, want)
		}
	}
	if releases != len(Any.boxes()) || Any.Reserved("name") != 0 {
		t.Errorf("%d releases, and name is %d", releases, Any.Reserved("name"))
	}
}
