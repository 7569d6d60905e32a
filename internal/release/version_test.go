package release

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVersion(t *testing.T) {
	for _, tt := range []struct {
		text string
		name Version
		want []Version
	}{
		{"documented", Documented, []Version{Documented}},
		{"0.9", V0_9, []Version{V0_9}},
		{"0.9.3", V0_9, []Version{V0_9}},
		{"1.4", V1_4, []Version{V1_4}},
		{"1.4.1", V1_4, []Version{V1_4}},
		{"0.15.13", V1_4, []Version{V1_4}},
		{"1.0", V1_4, []Version{V1_4}},
	} {
		v, err := ParseVersion(tt.text)
		if err != nil || v != tt.name {
			t.Errorf("%q: got %q, %v", tt.text, v, err)
		}
		if diff := cmp.Diff(tt.want, v.Releases()); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
	if diff := cmp.Diff([]Version{V0_9, V1_4}, Any.Releases()); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{
		"", "any", "2.0", "1.5", "0.10.7", "0.14.22", "0.9.", "1.4.x", "1", "0.99", "1.4.1.1", "Documented",
	} {
		if _, err := ParseVersion(text); err == nil || !strings.Contains(err.Error(), "documented, 0.9 or 1.4") {
			t.Errorf("%s is a version: %v", text, err)
		}
	}
	if got := Version("2.0").Releases(); got != nil {
		t.Errorf("2.0 stands for %v", got)
	}
}
