package canary

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

// jobOptions returns the environment and the directory of a job that runs the Action.
func (s *scene) jobOptions(api string, onGitHub bool, inputs map[string]string) binary.Options {
	dir := s.t.TempDir()
	event := filepath.Join(dir, "event.json")
	sha := strings.Repeat("0", 40)
	data := `{"pull_request": {"number": 7, "head": {"sha": "` + sha + `", "repo": {"full_name": "o/r"}}}}`
	if err := os.WriteFile(event, []byte(data), 0o600); err != nil {
		s.t.Fatal(err)
	}
	env := []string{
		fmt.Sprintf("GITHUB_ACTIONS=%v", onGitHub), "GITHUB_REPOSITORY=o/r", "GITHUB_REPOSITORY_ID=42",
		"GITHUB_ACTOR=someone", "GITHUB_EVENT_NAME=pull_request", "GITHUB_JOB=plan", "GITHUB_SHA=" + sha,
		"GITHUB_API_URL=" + api, "GITHUB_OUTPUT=" + filepath.Join(dir, "output"),
		"GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary"), "GITHUB_EVENT_PATH=" + event,
	}
	for name, value := range inputs {
		env = append(env, "INPUT_"+strings.ToUpper(name)+"="+s.fill(value))
	}
	return binary.Options{Dir: dir, Env: env}
}

// runActions runs the Action in every mode, on GitHub and elsewhere, with inputs of
// every kind, and with a GitHub that works and one that refuses and repeats requests.
func (s *scene) runActions() {
	hub := &githubtest.Server{Permissions: map[string]string{
		"pull-requests": "write", "checks": "write", "secrets": "read",
	}}
	good := httptest.NewServer(hub.Handler(""))
	s.t.Cleanup(good.Close)
	bad := httptest.NewServer(newEcho(http.StatusForbidden))
	s.t.Cleanup(bad.Close)
	gitHub := newCanary("FAKE_GITHUB_TOKEN", githubtest.Token)
	s.searcher = newSearcher(append(values(), wrongKey, gitHubToken, vaultToken, storeKey, tokenSecret, authString, wrongAuth, storedInBlock, gitHub,
		newCanary("ADMIN_KEY", s.store.Admin), newCanary("RUNNER_KEY", s.store.Runner)))
	for _, mode := range []string{"sync", "plan", "check"} {
		for _, onGitHub := range []bool{true, false} {
			for _, change := range []map[string]string{
				{},
				{"comment": "true", "github-token": githubtest.Token, "config-files": "IN/*.toml"},
				{"comment": "true", "github-token": githubtest.Token},
				{"comment": "true", "github-token": gitHubToken.value},
				{"api-key": wrongKey.value}, {"secrets": asJSON(values())[:300]}, {"secrets": values()[0].value},
				{"secrets-file": "IN/broken.env"},
				{"config-files": "IN/*.toml", "sarif-file": "findings.sarif"},
				{"config-files": "IN/more.toml", "sarif-file": "none/findings.sarif"},
				{"flows": "IN/flow.py"}, {"manifest": "IN/manifest"}, {"manifest": "IN/broken-manifest"}, {"plan-file": "plan.json"},
				{"include": "PLAIN", "exclude": "X"}, {"env-names": "EXTRA_*"}, {"prune": "X*"}, {"unknown": "x"},
				blocksInputs(map[string]string{"comment": "true", "github-token": githubtest.Token, "prune": "TEAM_*"}),
				blocksInputs(map[string]string{"api-key": wrongAuth.value}),
			} {
				for _, api := range []string{good.URL, bad.URL} {
					s.runAction(mode, onGitHub, api, change)
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

func (s *scene) runAction(mode string, onGitHub bool, api string, change map[string]string) {
	inputs := map[string]string{
		"mode": mode, "api-url": s.store.URL, "api-key": s.store.Admin, "secrets": asJSON(values()),
		"config-files": "IN/more.toml", "fail-on": "never", "timeout": "5s",
	}
	maps.Copy(inputs, change)
	o := s.jobOptions(api, onGitHub, inputs)
	for _, c := range values() {
		o.Env = append(o.Env, "EXTRA_"+c.name+"="+c.value)
	}
	_, p := binary.Run(s.t, o, "action")
	where := fmt.Sprintf("action %s %v on=%v %.80v", mode, api[len("http://127.0.0.1:"):], onGitHub, change)
	stdout := p.Stdout.String()
	if onGitHub {
		stdout = removeException(s.t, "mask", stdout)
	}
	s.check(where+": standard output", stdout)
	s.check(where+": standard error", p.Stderr.String())
	s.checkFiles(where, o.Dir)
}

// Masks come before any other output, so that the runner masks it.
func TestMasksComeFirst(t *testing.T) {
	s := newScene(t)
	o := s.jobOptions("http://127.0.0.1:1", true, map[string]string{
		"mode": "plan", "api-url": s.store.URL, "api-key": s.store.Admin, "secrets": asJSON(values()),
	})
	_, p := binary.Run(t, o, "action")
	outputSeen := false
	for line := range strings.Lines(p.Stdout.String()) {
		isMask := strings.HasPrefix(line, "::add-mask::")
		if isMask && outputSeen {
			t.Errorf("a mask comes late")
		}
		outputSeen = outputSeen || !isMask
	}
	s.check("standard error", p.Stderr.String())
	if !outputSeen {
		t.Error("nothing was printed")
	}
}
