package release

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReservedNames compares the table with testdata/reserved-keys.jsonl: dir() of a
// class of Prefect's over the Box of each release of python-box.
func TestReservedNames(t *testing.T) {
	text, err := os.ReadFile("testdata/reserved-keys.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	var boxes []string
	for line := range bytes.Lines(text) {
		var release struct {
			Box string
			Dir []string
		}
		if err := json.Unmarshal(line, &release); err != nil {
			t.Fatal(err)
		}
		box := strings.TrimPrefix(release.Box, "box-")
		boxes = append(boxes, box)
		for _, name := range release.Dir {
			want[name] = append(want[name], box)
		}
	}
	if diff := cmp.Diff(boxes, allBoxes); diff != "" {
		t.Errorf("recorded releases of python-box (-recorded +table):\n%s", diff)
	}
	for name := range reserved() {
		if len(want[name]) == 0 {
			t.Errorf("%s: recorded of no release", name)
		}
	}
	for name, by := range want {
		got := slices.Sorted(slices.Values(reserved()[name]))
		if diff := cmp.Diff(by, got); diff != "" {
			t.Errorf("%s (-recorded +table):\n%s", name, diff)
		}
	}
}

func TestReservations(t *testing.T) {
	before4 := Span{Number{0, 6, 7}, Number{0, 8, 1}}
	before5 := Span{Number{0, 9, 0}, Number{0, 13, 7}}
	since5 := Span{Number{0, 13, 8}, Number{1, 4, 1}}
	for _, tt := range []struct {
		name    string
		version Version
		want    []Reservation
	}{
		{"items", Any, nil},
		{"name", Any, nil},
		{"box_it_up", Any, []Reservation{{before4, nil}, {before5, []string{box346}}}},
		{"to_toml", Any, []Reservation{{before5, []string{box423}}, {since5, nil}}},
		{"from_msgpack", Any, []Reservation{{since5, nil}}},
		{"get_comment", Any, []Reservation{{since5, []string{box800}}}},
		{"box_it_up", Number{0, 8, 1}.Version(), nil},
		{"box_it_up", Documented, []Reservation{{Span{likeDocumented, likeDocumented}, []string{box346}}}},
		{"box_it_up", Number{0, 13, 8}.Version(), nil},
	} {
		if diff := cmp.Diff(tt.want, tt.version.Reservations(tt.name)); diff != "" {
			t.Errorf("%s for %s (-want +got):\n%s", tt.name, tt.version, diff)
		}
	}
}
