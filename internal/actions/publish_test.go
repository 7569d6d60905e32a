package actions_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func TestActionKeepsOneComment(t *testing.T) {
	store, url := startFake(t)
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}, PageSize: 2}
	for range 3 {
		fake.AddComment("somebody", "User", "NONE", "unrelated")
	}
	run := func(token string, secrets map[string]string) (result, *githubtest.Workspace) {
		w := newPullRequestWorkspace(t, fake, map[string]string{
			"mode": "plan", "comment": "TRUE", "github-token": token, "api-url": url,
			"api-key": testkit.AdminKey, "secrets": secretsJSON(t, secrets),
		})
		return runAction(t, w.Env), w
	}
	for i, name := range []string{"FIRST", "SECOND"} {
		r, w := run(githubtest.Token, map[string]string{name: canary})
		if r.code != exit.OK || w.Outputs(t)["status"] != "success" {
			t.Fatalf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
		}
		comments := fake.Comments()
		if len(comments) != 4 || !strings.Contains(comments[3].Body, "| `+`\u00a0create | `"+name+"` |") {
			t.Fatalf("after run %d the comments are %v", i+1, comments)
		}
		if strings.Contains(comments[3].Body, canary) {
			t.Error("the comment shows a value")
		}
	}
	if names := store.Names(); len(names) != 0 {
		t.Errorf("plan wrote %v", names)
	}
	for token, want := range map[string]string{
		"other": "did not accept the token", "": "the input github-token is missing",
	} {
		r, w := run(token, map[string]string{"A": canary})
		if r.code != exit.Failed || w.Outputs(t)["status"] != "failed" || !strings.Contains(r.stdout, want) {
			t.Errorf("token %q: exit code %d: %s", token, r.code, githubtest.Unmasked(r.stdout))
		}
	}
	if asked := fake.Unexpected(); len(asked) > 0 {
		t.Errorf("GitHub was asked for %v", asked)
	}
}

// Staging and production in one job, and the jobs of a matrix, have a section each,
// which their next run replaces. The section of an earlier release is removed.
func TestEachEnvironmentHasItsSection(t *testing.T) {
	_, url := startFake(t)
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	before := fmt.Sprintf("%x", sha256.Sum256([]byte("plan")))[:16] // by workflow, job and step alone
	fake.AddComment("github-actions[bot]", "Bot", "NONE", "<!-- prefect-secrets -->\n"+
		"<!-- prefect-secrets:job "+before+" -->\nstale\n<!-- prefect-secrets:end -->\n"+
		"<!-- prefect-secrets:job other -->\nanother job\n<!-- prefect-secrets:end -->\n")
	run := func(environment, os, name string) {
		t.Helper()
		w := newPullRequestWorkspace(t, fake, map[string]string{
			"mode": "plan", "comment": "true", "github-token": githubtest.Token, "api-url": url,
			"api-key": testkit.AdminKey, "secrets": secretsJSON(t, map[string]string{name: canary}),
			"environment": environment, "matrix": os,
		})
		w.Env = append(w.Env,
			"INPUT_MANIFEST="+
				w.Write(t, "manifest.toml", "[environments.staging]\n[environments.production]\n"))
		if r := runAction(t, w.Env); r.code != exit.OK {
			t.Fatalf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
		}
	}
	linux, mac := "{\n  \"os\": \"linux\"\n}", "{\n  \"os\": \"mac\"\n}"
	run("staging", "null", "FIRST")
	run("production", "null", "SECOND")
	run("staging", linux, "THIRD")
	run("staging", mac, "FOURTH")
	run("production", "null", "FIFTH")
	comments := fake.Comments()
	if len(comments) != 1 {
		t.Fatalf("there are %d comments", len(comments))
	}
	body := comments[0].Body
	for text, want := range map[string]int{
		"FIRST": 1, "SECOND": 0, "THIRD": 1, "FOURTH": 1, "FIFTH": 1, "stale": 0, "another job": 1,
		"<!-- prefect-secrets:end -->": 5, "<sub>plan / staging</sub>": 1,
		"<sub>plan / production</sub>": 1, "<sub>plan / (os: linux) / staging</sub>": 1,
		"<sub>plan / (os: mac) / staging</sub>": 1,
	} {
		got := strings.Count(body, text)
		if text[0] == '<' && got != want || text[0] != '<' && (got > 0) != (want > 0) {
			t.Errorf("%q appears %d times:\n%s", text, got, body)
		}
	}
}

// configWithWarnings returns a config with n warnings.
func configWithWarnings(n int) string {
	var b strings.Builder
	b.WriteString("[context.secrets]\n")
	for i := range n {
		fmt.Fprintf(&b, "S%d = \"%s\"\n", i, canary)
	}
	return b.String()
}

func TestActionShowsWhatAnnotationsDoNot(t *testing.T) {
	for _, tt := range []struct {
		warnings, runs int
		permission     string
		want           string
	}{
		{10, 0, "write", "not annotated"}, {11, 1, "write", ""},
		{
			11, 0, "read",
			"note: making a check run of all findings: GitHub refused (HTTP 403): the token needs the permission checks: write",
		},
	} {
		fake := &githubtest.Server{Permissions: map[string]string{"checks": tt.permission}}
		w := newPullRequestWorkspace(t, fake, map[string]string{
			"mode": "check", "github-token": githubtest.Token,
		})
		w.Env = append(w.Env, "GITHUB_WORKSPACE="+w.Dir,
			"INPUT_CONFIG-FILES="+w.Write(t, "config.toml", configWithWarnings(tt.warnings)))
		r := runAction(t, w.Env)
		runs := fake.CheckRuns()
		if r.code != exit.OK || len(runs) != tt.runs || (tt.warnings > 10) != strings.Contains(r.stdout, tt.want) {
			t.Fatalf("%d warnings: exit code %d, %d check runs: %s", tt.warnings, r.code, len(runs), r.stdout)
		}
		if tt.runs > 0 &&
			(len(runs[0].Annotations) != tt.warnings || runs[0].Annotations[0].Path != "config.toml" || runs[0].Conclusion != "neutral") {
			t.Errorf("the check run is %+v", runs[0])
		}
		if strings.Contains(fmt.Sprint(runs), canary) {
			t.Error("the check run shows a value")
		}
	}
}

func TestPlanSaysWhatWasNotPassed(t *testing.T) {
	_, url := startFake(t)
	inputs := map[string]string{
		"mode": "plan", "api-url": url, "api-key": testkit.AdminKey,
		"secrets":      secretsJSON(t, map[string]string{"A": canary, "b": canary}),
		"github-token": githubtest.Token,
	}
	fake := &githubtest.Server{
		Permissions: map[string]string{"secrets": "read"},
		Secrets:     map[string][]string{"repository": {"A", "B", "FORGOTTEN"}, "organization": {"ORG_WIDE"}},
	}
	r := runAction(t, newPullRequestWorkspace(t, fake, inputs).Env)
	if r.code != exit.OK ||
		!strings.Contains(r.stdout, "note: set in the repository but not passed to this step: FORGOTTEN, ORG_WIDE\n") {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	if strings.Count(r.stdout, "::warning title=prefect-secrets::set in the repository") != 1 {
		t.Error("the note is not annotated once")
	}
}

// The job's own token cannot list secrets, and nobody asked it to. Of a token that could
// be allowed to, the log says what it lacks.
func TestARefusedListIsNotedWhereSomebodyCanAllowIt(t *testing.T) {
	_, url := startFake(t)
	const note = "note: asking for the names of the repository's secrets: GitHub refused (HTTP 403): the token needs the permission secrets: read\n"
	for _, tt := range []struct {
		login, comment string
		secrets        map[string]string
		noted          bool
	}{
		{"", "true", map[string]string{"A": canary}, false},
		{"", "false", map[string]string{"A": canary}, false},
		{"deploy-app[bot]", "false", map[string]string{"A": canary}, true},
		{"deploy-app[bot]", "true", map[string]string{"A": canary}, true},
		{"nobody says", "true", map[string]string{"A": canary}, false},
		{"nobody says", "false", map[string]string{"A": canary}, true},
		{"deploy-app[bot]", "false", map[string]string{"A": canary, "GITHUB_TOKEN": githubtest.Token}, false},
	} {
		fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}, Login: tt.login}
		fake.Fails = func(r *http.Request) bool {
			return tt.login == "nobody says" && strings.HasSuffix(r.URL.Path, "/graphql")
		}
		r := runAction(t, newPullRequestWorkspace(t, fake, map[string]string{
			"mode": "plan", "api-url": url, "api-key": testkit.AdminKey, "comment": tt.comment,
			"secrets": secretsJSON(t, tt.secrets), "github-token": githubtest.Token,
		}).Env)
		if r.code != exit.OK || strings.Contains(r.stdout, note) != tt.noted || strings.Contains(r.stdout, "asking for") != tt.noted ||
			strings.Contains(r.stdout, "::warning title=prefect-secrets::") {
			t.Errorf("%+v: exit code %d: %s", tt, r.code, githubtest.Unmasked(r.stdout))
		}
		if asked := fake.Unexpected(); len(asked) > 0 {
			t.Errorf("GitHub was asked for %v", asked)
		}
	}
}

// Without a key the job authenticates with an id token, which goes to the input's URL
// alone.
func TestActionWritesAsTheJobItIs(t *testing.T) {
	var audiences, keys []string
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		audiences = append(audiences, r.URL.Query().Get("audience"))
		fmt.Fprint(w, `{"value": "`+canary+`.id.token"}`)
	}))
	defer issuer.Close()
	_, url := startFake(t)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"secret_names": []string{}}})
	}))
	defer proxy.Close()
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "plan", "api-url": proxy.URL, "secrets": secretsJSON(t, map[string]string{"A": canary}),
	})
	w.Env = append(w.Env, "ACTIONS_ID_TOKEN_REQUEST_URL="+issuer.URL,
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN=request-token")
	r := runAction(t, w.Env)
	if len(audiences) != 1 || audiences[0] != proxy.URL || len(keys) == 0 || keys[0] != "Bearer "+canary+".id.token" {
		t.Errorf("audiences %v, %d requests, exit code %d: %s", audiences, len(keys), r.code,
			githubtest.Unmasked(r.stdout))
	}
	if !strings.Contains(r.stdout, "::add-mask::"+canary+".id.token\n") ||
		strings.Contains(githubtest.Unmasked(r.stdout), canary) ||
		!strings.Contains(r.stdout, "key: from GitHub, as an id token of this job") {
		t.Errorf("it printed %s", githubtest.Unmasked(r.stdout))
	}

	// An API key is used instead of a token.
	w.Env = append(w.Env, "INPUT_API-URL="+url, "INPUT_API-KEY="+testkit.AdminKey)
	if r := runAction(t, w.Env); r.code != exit.OK || len(audiences) != 1 {
		t.Errorf("with a key: exit code %d, audiences %v", r.code, audiences)
	}
}
