package runner

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// job is one run of a workflow under act.
type job struct {
	workflow string            // file under workflows/
	event    string            // what triggers it; push if empty
	payload  any               // of the event, as GITHUB_EVENT_PATH holds it
	secrets  map[string]string // the secrets context
	vars     map[string]string // the vars context
	env      map[string]string // of every step
	files    map[string]string // added to the checkout
	fails    bool              // the job is expected to fail
}

// run runs the workflow for the event on a fresh checkout, and returns its log byte
// for byte. It fails the test if the job does not end as expected.
func (j job) run(t *testing.T) []byte {
	t.Helper()
	buildImage(t)
	cache := filepath.Join(workDir, "cache")
	// act's host mode knows the files for outputs and summary by their paths on this
	// host, so the container has to see them under the same paths; without this
	// volume it cannot open them, and the job succeeds with empty outputs.
	container := "--network host -v " + cache + "/act:" + cache + "/act"
	args := []string{
		cmp.Or(j.event, "push"), "-P", "ubuntu-latest=-self-hosted", "--pull=false", "--rebuild=false",
		"--container-options", container, "--secret-file", j.file(t, "secrets.yml", j.secrets),
		"--eventpath", j.file(t, "event.json", j.payload),
	}
	for name, value := range j.vars {
		args = append(args, "--var", name+"="+value)
	}
	for name, value := range j.env {
		args = append(args, "--env", name+"="+value)
	}

	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), actPath, args...)
	cmd.Dir = checkout(t, j.workflow, j.files)
	cmd.Env = actEnvironment(t, cache)
	cmd.Stdout, cmd.Stderr = &log, &log
	err := cmd.Run()
	writeLog(t, log.Bytes())
	if failed := err != nil; failed != j.fails {
		t.Fatalf("the job failed: %t, want %t: %v\n%s", failed, j.fails, err, log.Bytes())
	}
	return log.Bytes()
}

// file writes content as JSON, which is YAML too, and returns the path. act's other
// format of secrets, dotenv, expands `$`.
func (j job) file(t *testing.T, name string, content any) string {
	t.Helper()
	if content == nil {
		content = map[string]string{}
	}
	data, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// actEnvironment returns an environment without the user's own settings and tokens.
func actEnvironment(t *testing.T, cache string) []string {
	t.Helper()
	env := []string{"XDG_CACHE_HOME=" + cache, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	if host, ok := os.LookupEnv("DOCKER_HOST"); ok {
		env = append(env, "DOCKER_HOST="+host)
	}
	return env
}

// writeLog writes the log of the last run to workDir.
func writeLog(t *testing.T, log []byte) {
	t.Helper()
	path := filepath.Join(workDir, strings.ReplaceAll(t.Name(), "/", "-")+".log")
	if err := os.WriteFile(path, log, 0o600); err != nil {
		t.Error(err)
	}
}
