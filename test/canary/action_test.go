package canary

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// job is the environment that a runner gives the Action, and the directory of its
// files.
func (s *scene) jobOptions(api string, on bool, inputs map[string]string) binary.Options {
	dir := s.t.TempDir()
	event := filepath.Join(dir, "event.json")
	if err := os.WriteFile(event, []byte(`{"pull_request": {"number": 7, "head": {"sha": "`+strings.Repeat("0", 40)+`", "repo": {"full_name": "o/r"}}}}`), 0o600); err != nil {
		s.t.Fatal(err)
	}
	env := []string{
		fmt.Sprintf("GITHUB_ACTIONS=%v", on), "GITHUB_REPOSITORY=o/r", "GITHUB_REPOSITORY_ID=42", "GITHUB_ACTOR=someone", "GITHUB_EVENT_NAME=pull_request",
		"GITHUB_JOB=plan", "GITHUB_SHA=" + strings.Repeat("0", 40), "GITHUB_API_URL=" + api,
		"GITHUB_OUTPUT=" + filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary"), "GITHUB_EVENT_PATH=" + event,
	}
	for name, value := range inputs {
		env = append(env, "INPUT_"+strings.ToUpper(name)+"="+strings.ReplaceAll(value, "IN/", s.inputs+"/"))
	}
	return binary.Options{Dir: dir, Env: env}
}

// action runs the Action in every mode, on GitHub and off it, with a GitHub that
// works, one that refuses and repeats, and inputs of every kind.
func (s *scene) runActions() {
	hub := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write", "checks": "write", "secrets": "read"}}
	good := httptest.NewServer(hub.Handler(""))
	s.t.Cleanup(good.Close)
	bad := httptest.NewServer(newEcho(http.StatusForbidden))
	s.t.Cleanup(bad.Close)
	gitHub := newCredential("FAKE_GITHUB_TOKEN", githubtest.Token)
	s.searcher = newSearcher(append(values(), wrongKey, gitHubToken, vaultToken, storeKey, tokenSecret, gitHub,
		newCredential("ADMIN_KEY", s.store.Admin), newCredential("RUNNER_KEY", s.store.Runner)))
	for _, mode := range []string{"sync", "plan", "check"} {
		for _, on := range []bool{true, false} {
			for _, change := range []map[string]string{
				{}, {"comment": "true", "github-token": githubtest.Token, "config-files": "IN/*.toml"}, {"comment": "true", "github-token": githubtest.Token}, {"comment": "true", "github-token": gitHubToken.value},
				{"api-key": wrongKey.value}, {"secrets": asJSON(values())[:300]}, {"secrets": values()[0].value}, {"secrets-file": "IN/broken.env"},
				{"config-files": "IN/*.toml", "sarif-file": "findings.sarif"}, {"config-files": "IN/more.toml", "sarif-file": "none/findings.sarif"},
				{"flows": "IN/flow.py"}, {"manifest": "IN/manifest"}, {"manifest": "IN/broken-manifest"}, {"plan-file": "plan.json"},
				{"include": "PLAIN", "exclude": "X"}, {"env-names": "EXTRA_*"}, {"prune": "X*"}, {"unknown": "x"},
			} {
				for _, api := range []string{good.URL, bad.URL} {
					s.runAction(mode, on, api, change)
				}
			}
		}
	}
	for _, c := range hub.Comments() {
		s.check("the comment", c.Body)
	}
	for _, run := range hub.CheckRuns() {
		s.check("the check run", fmt.Sprint(run))
	}
	for _, r := range hub.Requests() {
		s.check("the URL of a request to GitHub", r)
	}
	if len(hub.Comments()) == 0 || len(hub.CheckRuns()) == 0 {
		s.t.Error("no comment and no check run was made")
	}
	s.markRan([]string{"action"})
}

func (s *scene) runAction(mode string, on bool, api string, change map[string]string) {
	inputs := map[string]string{"mode": mode, "api-url": s.store.URL, "api-key": s.store.Admin, "secrets": asJSON(values()), "config-files": "IN/more.toml", "fail-on": "never", "timeout": "5s"}
	for name, value := range change {
		inputs[name] = value
	}
	o := s.jobOptions(api, on, inputs)
	for _, c := range values() {
		o.Env = append(o.Env, "EXTRA_"+c.name+"="+c.value)
	}
	_, p := binary.Run(s.t, o, "action")
	where := fmt.Sprintf("action %s %v on=%v %.80v", mode, api[len("http://127.0.0.1:"):], on, change)
	stdout := p.Stdout.String()
	if on {
		stdout = removeException(s.t, "mask", stdout)
	}
	s.check(where+": standard output", stdout)
	s.check(where+": standard error", p.Stderr.String())
	s.checkFiles(where, o.Dir)
}

// Masks come before anything else, so that the runner hides what it may still see.
func TestMasksComeFirst(t *testing.T) {
	s := newScene(t)
	o := s.jobOptions("http://127.0.0.1:1", true, map[string]string{"mode": "plan", "api-url": s.store.URL, "api-key": s.store.Admin, "secrets": asJSON(values())})
	_, p := binary.Run(t, o, "action")
	seen := false
	for line := range strings.Lines(p.Stdout.String()) {
		mask := strings.HasPrefix(line, "::add-mask::")
		if mask && seen {
			t.Errorf("a mask comes late")
		}
		seen = seen || !mask
	}
	s.check("standard error", p.Stderr.String())
	if !seen {
		t.Error("nothing was printed")
	}
}
