package nearest_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

func TestOf(t *testing.T) {
	long := strings.Repeat("x", 257)
	tests := []struct {
		name       string
		candidates []string
		want       string
	}{
		{"SLACK_URL", []string{"DB", "SLACK_URI"}, "SLACK_URI"},
		{"same", []string{"sane", "same"}, "same"},
		{"abc", []string{"abd", "abe"}, "abd"},
		{"abc", []string{"xyc"}, ""},
		{"api-ulr", []string{"api-key", "api-url"}, "api-url"},
		{"plna", []string{"play", "plan"}, "plan"},
		{"nä", []string{"än"}, ""},
		{"üabc", []string{"aübc"}, "aübc"},
		{"plnaa", []string{"plan"}, ""},
		{"lnap", []string{"plan"}, ""},
		{"ab", []string{"ac"}, ""},
		{"übermut", []string{"ubermut"}, "ubermut"},
		{"", []string{"a"}, ""},
		{"a", nil, ""},
		{long, []string{long}, ""},
		{"short", []string{strings.Repeat("x", 1<<20)}, ""},
	}
	for _, tt := range tests {
		if got := nearest.Of(tt.name, tt.candidates); got != tt.want {
			t.Errorf("%.20q of %.40q: got %q, want %q", tt.name, tt.candidates, got, tt.want)
		}
	}
}

func TestHint(t *testing.T) {
	roles := []string{"admin", "runner"}
	for name, want := range map[string]string{"admn": "did you mean admin? a role is any", "xyz": "a role is any"} {
		if got := nearest.Hint(name, roles, "a role is any"); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	if got := nearest.QuotedHint("admn", roles, "a role is any"); got != `did you mean "admin"? a role is any` {
		t.Errorf("got %q", got)
	}
}

func TestQuestion(t *testing.T) {
	roles := []string{"admin", "runner"}
	for name, want := range map[string]string{"admn": "did you mean ADMIN?", "xyz": ""} {
		if got := nearest.Question(name, roles, strings.ToUpper); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
