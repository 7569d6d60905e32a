package githubtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Workspace is the files and the environment of one run of the Action.
type Workspace struct {
	Dir string
	Env []string // a later entry wins
}

// NewWorkspace returns the workspace of a push by a person, with inputs.
func NewWorkspace(t testing.TB, inputs map[string]string) *Workspace {
	t.Helper()
	w := &Workspace{Dir: t.TempDir()}
	w.Env = []string{
		"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=o/r", "GITHUB_ACTOR=someone", "GITHUB_EVENT_NAME=push",
		"GITHUB_OUTPUT=" + w.Path("output"), "GITHUB_STEP_SUMMARY=" + w.Path("summary"),
		"GITHUB_EVENT_PATH=" + w.Path("event.json"),
	}
	for name, value := range inputs {
		w.Env = append(w.Env, "INPUT_"+strings.ToUpper(name)+"="+value)
	}
	return w
}

// Path returns the path of a file in the workspace.
func (w *Workspace) Path(name string) string { return filepath.Join(w.Dir, name) }

// Write writes a file and returns its path.
func (w *Workspace) Write(t testing.TB, name, text string) string {
	t.Helper()
	if err := os.WriteFile(w.Path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w.Path(name)
}

// Read returns the text of a file, such as summary, or "" if it does not exist.
func (w *Workspace) Read(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(w.Path(name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

var outputForm = regexp.MustCompile(`(?m)^([a-z-]+)<<(\S+)\n(.*)\n(\S+)$`)

// Outputs returns the outputs that were set.
func (w *Workspace) Outputs(t testing.TB) map[string]string {
	t.Helper()
	outputs := map[string]string{}
	for _, m := range outputForm.FindAllStringSubmatch(w.Read(t, "output"), -1) {
		outputs[m[1]] = m[3]
	}
	return outputs
}

// PullRequest makes the run one for a pull request whose branch is in the repository
// head.
func (w *Workspace) PullRequest(t testing.TB, head string) {
	t.Helper()
	w.Env = append(w.Env, "GITHUB_EVENT_NAME=pull_request")
	w.Write(t, "event.json", `{"pull_request": {"number": 7, "head": {"repo": {"full_name": "`+head+`"}}}}`)
}

// Dependabot makes the run one that Dependabot started and a person ran again.
func (w *Workspace) Dependabot() {
	w.Env = append(w.Env, "GITHUB_EVENT_NAME=push", "GITHUB_ACTOR=dependabot[bot]", "GITHUB_TRIGGERING_ACTOR=someone")
}

var mask = regexp.MustCompile(`(?m)^::add-mask::.*$`)

// Unmasked returns what a run printed, without its masks.
func Unmasked(stdout string) string { return mask.ReplaceAllString(stdout, "") }
