// Package runner runs the Action as its users do: a workflow, a runner (nektos/act
// on a Docker engine), the image built from the Dockerfile, and a store on this
// host. Run the tests with run.sh, which prepares what they need.
package runner

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// run.sh provides the path of act, and a directory that it keeps between runs.
var (
	actPath = os.Getenv("RUNNER_ACT")
	workDir = os.Getenv("RUNNER_WORK")
)

func TestMain(m *testing.M) {
	if actPath == "" || workDir == "" {
		fmt.Fprintln(os.Stderr, "RUNNER_ACT and RUNNER_WORK are not set: start this suite with test/runner/run.sh")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// root returns the root of the repository.
func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a command in dir and returns its standard output. Its standard error goes
// to the test's log.
func run(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

// canary returns a string that occurs nowhere else, so that finding it means a leak.
func canary() string { return "canary" + rand.Text() }
