package runner

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// job is one run of a workflow under act.
type job struct {
	workflow string            // file under workflows/
	secrets  map[string]string // the secrets context
	vars     map[string]string // the vars context
}

// run pushes to a fresh checkout, waits for the workflow, and returns its log byte for byte.
func (j job) run(t *testing.T) []byte {
	t.Helper()
	buildImage(t)
	cache := filepath.Join(workDir, "cache")
	// act's host mode knows the files for outputs and summary by their paths on this host, so the container has to
	// see them under the same paths; without this volume it cannot open them, and the job succeeds with empty outputs.
	container := "--network host -v " + cache + "/act:" + cache + "/act"
	args := []string{
		"push", "-P", "ubuntu-latest=-self-hosted", "--pull=false", "--rebuild=false",
		"--container-options", container, "--secret-file", j.secretFile(t),
	}
	for name, value := range j.vars {
		args = append(args, "--var", name+"="+value)
	}

	var log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), actPath, args...)
	cmd.Dir = checkout(t, j.workflow)
	cmd.Env = actEnvironment(t, cache)
	cmd.Stdout, cmd.Stderr = &log, &log
	err := cmd.Run()
	keepLog(t, log.Bytes())
	if err != nil {
		t.Fatalf("act: %v\n%s", err, log.Bytes())
	}
	return log.Bytes()
}

// secretFile is YAML, written as JSON: act's other format, dotenv, expands `$`.
func (j job) secretFile(t *testing.T) string {
	t.Helper()
	content, err := json.Marshal(j.secrets)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "secrets.yml")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// actEnvironment keeps act away from the user's own settings and from any token in the environment.
func actEnvironment(t *testing.T, cache string) []string {
	t.Helper()
	env := []string{"XDG_CACHE_HOME=" + cache, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	if host, ok := os.LookupEnv("DOCKER_HOST"); ok {
		env = append(env, "DOCKER_HOST="+host)
	}
	return env
}

// keepLog leaves the log of the last run where a person can read it.
func keepLog(t *testing.T, log []byte) {
	t.Helper()
	path := filepath.Join(workDir, t.Name()+".log")
	if err := os.WriteFile(path, log, 0o600); err != nil {
		t.Error(err)
	}
}
