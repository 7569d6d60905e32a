package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// TestShapesOfARelease has secrets that only some releases read.
func TestShapesOfARelease(t *testing.T) {
	for _, tt := range []struct{ secret, version, want string }{
		{"GCP_CREDENTIALS = 'x'", "", "GCP_CREDENTIALS is a string, and not an object with type, project_id, private_key, client_email as Prefect's tasks expect in 0.11.0 to 1.4.1"},
		{"GCP_CREDENTIALS = 'x'", "0.10.7", ""},
		{"GCP_CREDENTIALS = 'x'", "1.4.1", "GCP_CREDENTIALS is a string, and not an object with type, project_id, private_key, client_email as Prefect's tasks expect"},
		{"GITHUB_ACCESS_TOKEN = 1", "", "GITHUB_ACCESS_TOKEN is a number, and not a string as Prefect's tasks expect in 0.6.7 and 0.12.1 to 1.4.1"},
		{"GITHUB_ACCESS_TOKEN = 1", "0.9.3", ""},
		{"GITHUB_ACCESS_TOKEN = 1", "documented", ""},
		{"SNOWFLAKE_CREDS = { user = '$U' }", "1.2.4", ""},
		{"SNOWFLAKE_CREDS = { user = '$U' }", "1.4.1", "SNOWFLAKE_CREDS lacks password, which Prefect's tasks expect"},
		{"AWS_CREDENTIALS = { ACCESS_KEY = '$A' }", "", "AWS_CREDENTIALS lacks SECRET_ACCESS_KEY, which Prefect's tasks expect"},
	} {
		opts := Options{Rules: []string{"secret-shape"}}
		if tt.version != "" {
			opts.Version = mustParseVersion(t, tt.version)
		}
		var want []string
		if tt.want != "" {
			want = []string{"2 secret-shape: secret " + tt.want}
		}
		if diff := cmp.Diff(want, outline(File("a.toml", []byte("[context.secrets]\n"+tt.secret), opts))); diff != "" {
			t.Errorf("%s under %q: %s", tt.secret, tt.version, diff)
		}
	}
}

// TestKnownSecretsHaveReleases holds the table to releases that exist.
func TestKnownSecretsHaveReleases(t *testing.T) {
	for name, known := range knownSecrets {
		if spans, _ := release.Any.WhereEach(known.isReadBy); len(spans) == 0 {
			t.Errorf("no release reads %s", name)
		}
	}
}
