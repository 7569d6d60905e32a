package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
)

// devServer is a running serve --dev.
type devServer struct {
	URL       string `json:"url"`
	AdminKey  string `json:"admin_key"`
	RunnerKey string `json:"runner_key"`
}

func startServer(t *testing.T) devServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "ready.json")
	stopped := make(chan int, 1)
	go func() {
		command := cli.Command{Stdin: bytes.NewReader(nil), Stdout: io.Discard, Stderr: io.Discard}
		stopped <- command.Main(ctx, []string{"serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", path})
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-stopped; code != cli.ExitOK {
			t.Errorf("the server exited with %d", code)
		}
	})
	var s devServer
	for range 200 {
		data, err := os.ReadFile(path)
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Fatal("the server did not start")
	return s
}

// result is what a run of the command left.
type result struct {
	code           int
	stdout, stderr string
}

func runCommand(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := cli.Command{Stdin: bytes.NewReader([]byte(stdin)), Stdout: &stdout, Stderr: &stderr, Env: env}
	code := command.Main(t.Context(), args)
	return result{code, stdout.String(), stderr.String()}
}

// names are the names in the store.
func (s devServer) names(t *testing.T) []string {
	t.Helper()
	r := runCommand(t, []string{"PREFECT_API_KEY=" + s.AdminKey}, "", "names", "--api-url", s.URL, "--format", "json")
	var document struct{ Names []string }
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
		t.Fatalf("names: %v: %s", err, r.stderr)
	}
	return document.Names
}
