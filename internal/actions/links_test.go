package actions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	headSHA  = "89abcdef0123456789abcdef0123456789abcdef"
	mergeSHA = "0000000000000000000000000000000000000000"
)

// newLinks returns the links of a run with variables of GitHub's, and the changed ones.
func newLinks(t *testing.T, workspace, payload string, changed ...string) links {
	t.Helper()
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(payload), 0o600); err != nil {
		t.Fatal(err)
	}
	runner := newRunner(new(strings.Builder), append(changed,
		"GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=acme/flows", "GITHUB_EVENT_PATH="+path,
		"GITHUB_SHA="+mergeSHA, "GITHUB_WORKSPACE="+workspace, "GITHUB_EVENT_NAME=pull_request",
		"GITHUB_RUN_ID=123456", "GITHUB_RUN_NUMBER=12", "GITHUB_RUN_ATTEMPT=1",
	))
	return runner.links(runner.Event())
}

const headPayload = `{"pull_request": {"number": 7, "head": {"sha": "` + headSHA + `"}}}`

// A link shows the lines at the commit that people see, and only of files in the checkout.
func TestLinksToLines(t *testing.T) {
	workspace := t.TempDir()
	t.Chdir(workspace)
	const base = "https://github.com/acme/flows/blob/" + mergeSHA + "/"
	l := newLinks(t, workspace, headPayload)
	for _, tt := range []struct {
		file          string
		line, endLine int
		want          string
	}{
		{"config/prod.toml", 3, 3, base + "config/prod.toml#L3"},
		{"./config/../a.toml", 3, 5, base + "a.toml#L3-L5"},
		{filepath.Join(workspace, "a.toml"), 0, 0, base + "a.toml"},
		{"a b/é#?%(x)|[y]&.toml", 1, 0, base + "a%20b/%C3%A9%23%3F%25%28x%29%7C%5By%5D&.toml#L1"},
		{"../outside.toml", 1, 1, ""}, {"/etc/prefect.toml", 1, 1, ""}, {workspace, 1, 1, ""}, {"", 1, 1, ""},
		{workspace + "-other/a.toml", 1, 1, ""},
	} {
		if got := l.lines(tt.file, tt.line, tt.endLine); got != tt.want {
			t.Errorf("%s: got  %s\nwant %s", tt.file, got, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		payload, changed, want string
	}{
		"push":                {`{}`, "GITHUB_EVENT_NAME=push", "https://github.com/acme/flows/blob/" + mergeSHA + "/a.toml#L1"},
		"pull_request_target": {headPayload, "GITHUB_EVENT_NAME=pull_request_target", "https://github.com/acme/flows/blob/" + mergeSHA + "/a.toml#L1"},
		"Enterprise":          {headPayload, "GITHUB_SERVER_URL=https://ghe.example.com/", "https://ghe.example.com/acme/flows/blob/" + mergeSHA + "/a.toml#L1"},
		"no server":           {headPayload, "GITHUB_SERVER_URL=", ""},
		"a password":          {headPayload, "GITHUB_SERVER_URL=https://u:p@github.com", ""},
		"not the web":         {headPayload, "GITHUB_SERVER_URL=javascript://github.com", ""},
		"no repository":       {headPayload, "GITHUB_REPOSITORY=flows", ""},
		"an odd repository":   {headPayload, "GITHUB_REPOSITORY=acme/flows)(x", ""},
		"an odd commit":       {headPayload, "GITHUB_SHA=x)(y", ""},
		"no workspace":        {headPayload, "GITHUB_WORKSPACE=", ""},
	} {
		if got := newLinks(t, workspace, tt.payload, tt.changed).lines("a.toml", 1, 1); got != tt.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, tt.want)
		}
	}
	t.Chdir(t.TempDir())
	if got := l.lines("a.toml", 1, 1); got != "" {
		t.Errorf("outside the workspace: %s", got)
	}
}

func TestFooterLinksToTheAttempt(t *testing.T) {
	const commit = "commit [89abcde](https://github.com/acme/flows/commit/" + headSHA + ")"
	for changed, want := range map[string]string{
		"A=b":                   "deploy · [run 12](https://github.com/acme/flows/actions/runs/123456/attempts/1) · " + commit,
		"GITHUB_RUN_ATTEMPT=3":  "deploy · [run 12, attempt 3](https://github.com/acme/flows/actions/runs/123456/attempts/3) · " + commit,
		"GITHUB_RUN_ID=x)(y":    "deploy · " + commit,
		"GITHUB_RUN_NUMBER=x)(": "deploy · [run](https://github.com/acme/flows/actions/runs/123456/attempts/1) · " + commit,
		"GITHUB_SERVER_URL=":    "deploy",
	} {
		if diff := cmp.Diff(want, newLinks(t, "/w", headPayload, changed).footer("deploy")); diff != "" {
			t.Errorf("%s: %s", changed, diff)
		}
	}
	if got := newLinks(t, "/w", headPayload, "GITHUB_SERVER_URL=").footer("build / @team <b>"); got != "build / <span>@</span>team &lt;b&gt;" {
		t.Errorf("got %q", got)
	}
}
