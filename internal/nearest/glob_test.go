package nearest_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

func TestGlob(t *testing.T) {
	tests := []struct {
		glob  string
		names []string
		want  string
	}{
		{"CODCOV_TOKEN", []string{"SLACK", "CODECOV_TOKEN"}, "CODECOV_TOKEN"},
		{"CODECOV_TOKNE", []string{"CODECOV_TOKEN"}, "CODECOV_TOKEN"},
		{"CODEC_TOKEN", []string{"CODECOV_TOKEN", "CODECO_TOKEN"}, "CODECO_TOKEN"},
		{"CDCV_TOKEN", []string{"CODECOV_TOKEN"}, ""},
		{"CODCOV_*", []string{"SLACK", "CODECOV_TOKEN"}, "CODECOV_TOKEN"},
		{"*_TOKNE", []string{"CODECOV_TOKEN"}, ""},
		{"*_PASWORD_?", []string{"DB_PASSWORD_1"}, "DB_PASSWORD_1"},
		{"SLCAK", []string{"SLACK"}, "SLACK"},
		{"DB", []string{"S3"}, ""},
		{"GH_*", []string{"GC_KEY"}, ""},
		{"NPM_*", []string{"SLACK"}, ""},
		{"*", []string{"A"}, "A"},
		{"", []string{"A"}, ""},
		{"[A-Z]BCDEFG", []string{"ABCDEFH"}, ""},
		{"ÜBERMUT", []string{"UBERMUT"}, "UBERMUT"},
		{"ABCDEFG", nil, ""},
		{strings.Repeat("x", 257), []string{strings.Repeat("x", 257)}, ""},
		{"short", []string{strings.Repeat("x", 1<<20)}, ""},
	}
	for _, tt := range tests {
		if got := nearest.Glob(tt.glob, tt.names); got != tt.want {
			t.Errorf("%.20q of %.40q: got %q, want %q", tt.glob, tt.names, got, tt.want)
		}
	}
}
