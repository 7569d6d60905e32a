package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var environ = []string{
	"DB_URL=" + canary + "=1", "DB_USER=u", "EMPTY=", "TWICE=first", "TWICE=last", "=C:=x",
	"NOT_UTF8=" + canary + "\xff",
	"PATH=/bin", "HOME=/root", "github_token=t", "GITHUB_TOKEN=t", "GITHUB_SHA=s", "GITHUB_ACCESS_TOKEN=mine",
	"ACTIONS_RUNTIME_TOKEN=t", "RUNNER_TEMP=t", "INPUT_API-KEY=" + canary, "PATHS=mine", "MY_HOME=mine", "my secret=s",
}

func TestFromEnvironment(t *testing.T) {
	tests := []struct {
		name     string
		patterns []string
		want     []string
	}{
		{"nothing is asked for", nil, nil},
		{
			"names, sorted, once", []string{"EMPTY", "DB_USER", "DB_USER", "my secret"},
			[]string{"DB_USER=u", "EMPTY=", "my secret=s"},
		},
		{"globs are anchored", []string{"DB_*"}, []string{"DB_URL=" + canary + "=1", "DB_USER=u"}},
		{"a name and a glob", []string{"DB_USER", "DB_U???"}, []string{"DB_USER=u"}},
		{"the last of two", []string{"TWICE"}, []string{"TWICE=last"}},
		{"Prefect's own of GITHUB_*", []string{"GITHUB_ACCESS_TOKEN"}, []string{"GITHUB_ACCESS_TOKEN=mine"}},
		{"globs leave out the runner's", []string{"[^N]*"}, []string{
			"DB_URL=" + canary + "=1", "DB_USER=u", "EMPTY=", "GITHUB_ACCESS_TOKEN=mine", "MY_HOME=mine",
			"PATHS=mine", "TWICE=last", "my secret=s",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source, err := secretsync.FromEnvironment(environ, tt.patterns)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, pairs(source)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFromEnvironmentErrors(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{"MISSING", `"MISSING" is not set in the environment`},
		{"db_url", `"db_url" is not set`},
		{"", `"" is not set`},
		{"NOPE_*", `no usable environment variable matches pattern "NOPE_*"`},
		{"GITHUB_[ST]*", `no usable environment variable matches pattern`},
		{"[", `pattern "[": not a glob`},
		{"TEAM[!_]*", `pattern "TEAM[!_]*": [! is ambiguous: list the characters`},
		{"github_token", "github_token cannot come from the environment: GitHub's own token"},
		{"GitHub_Token", "GitHub's own token"},
		{"GITHUB_SHA", "GITHUB_SHA cannot come from the environment: the runner or the system sets it"},
		{"ACTIONS_RUNTIME_TOKEN", "ACTIONS_RUNTIME_TOKEN cannot come from"},
		{"ACTIONS_NOT_SET", "ACTIONS_NOT_SET cannot come from"},
		{"RUNNER_TEMP", "RUNNER_TEMP cannot come from"},
		{"INPUT_API-KEY", "INPUT_API-KEY cannot come from"},
		{"ACTIONS_A/B", "ACTIONS_A/B cannot come from"},
		{"PATH", "PATH cannot come from"},
		{"HOME", "HOME cannot come from"},
		{"NOT_UTF8", "NOT_UTF8 in the environment is not UTF-8"},
		{"NOT*", "NOT_UTF8 in the environment is not UTF-8"},
	}
	for _, tt := range tests {
		_, err := secretsync.FromEnvironment(environ, []string{"DB_USER", tt.pattern})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.pattern, err, tt.want)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error holds a value", tt.pattern)
		}
	}
	_, err := secretsync.FromEnvironment(environ, []string{"ONE", "TWO"})
	if err == nil || !strings.Contains(err.Error(), "ONE") || !strings.Contains(err.Error(), "TWO") {
		t.Errorf("got %v, want both names", err)
	}
}
