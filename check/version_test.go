package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func TestVersion(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []prefect.Version
	}{
		{"", []prefect.Version{prefect.V0_9, prefect.V1_4}},
		{"documented", []prefect.Version{prefect.Documented}},
		{"0.9", []prefect.Version{prefect.V0_9}},
		{"1.4", []prefect.Version{prefect.V1_4}},
	} {
		v, err := ParseVersion(tt.text)
		if err != nil || string(v) != tt.text {
			t.Errorf("%q: got %q, %v", tt.text, v, err)
		}
		if diff := cmp.Diff(tt.want, v.Prefects()); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
	if _, err := ParseVersion("2.0"); err == nil {
		t.Error("2.0 is a version")
	}
	if got := Version("2.0").Prefects(); got != nil {
		t.Errorf("2.0 stands for %v", got)
	}
}
