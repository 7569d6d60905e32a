package release

import (
	"slices"
	"testing"
)

func TestNamesAreVersions(t *testing.T) {
	names := Names()
	for _, name := range names {
		if _, err := ParseVersion(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !slices.IsSorted([]int{slices.Index(names, "documented"), slices.Index(names, "1.4"), slices.Index(names, "0.6")}) || len(names) < 10 {
		t.Errorf("got %q", names)
	}
}
