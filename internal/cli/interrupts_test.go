package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// Signals go to a process, so these tests run the binary as one.

func buildBinary(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	binary := filepath.Join(t.TempDir(), "prefect-secrets")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, module).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

func TestSignals(t *testing.T) {
	binary := buildBinary(t)
	t.Run("a cancelled sync reports", func(t *testing.T) { testCancelledSync(t, binary) })
	t.Run("a cancelled Action reports", func(t *testing.T) { testCancelledAction(t, binary) })
	t.Run("a second SIGINT ends the process",
		func(t *testing.T) { testSecondSignal(t, binary, syscall.SIGINT, 130) })
	t.Run("a second SIGTERM ends the process",
		func(t *testing.T) { testSecondSignal(t, binary, syscall.SIGTERM, 143) })
}

// stuckStore is a store that accepts writes and never answers them.
type stuckStore struct {
	url    string
	writes chan struct{} // an element for each write
}

func startStuckStore(t *testing.T) *stuckStore {
	fake := testkit.New(t)
	s := &stuckStore{writes: make(chan struct{}, 64)}
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte("setSecret")) {
			s.writes <- struct{}{}
			<-ended
			return
		}
		fake.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(ended) })
	s.url = server.URL
	return s
}

// process is a running process of the binary.
type process struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
	ended          chan error
}

// startAndAwaitWrite starts the binary and waits until its first write is at the store.
func (s *stuckStore) startAndAwaitWrite(t *testing.T, env []string, binary string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	p := &process{Cmd: exec.CommandContext(ctx, binary, args...), ended: make(chan error, 1)}
	p.Env, p.Stdout, p.Stderr = env, &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.Wait() }()
	select {
	case <-s.writes:
	case err := <-p.ended:
		t.Fatalf("it ended before it wrote: %v: %s%s", err, p.stdout.String(), p.stderr.String())
	}
	return p
}

// exitCode waits for the end of the process.
func (p *process) exitCode(t *testing.T) int {
	t.Helper()
	<-p.ended
	return p.ProcessState.ExitCode()
}

func (p *process) send(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

func testCancelledSync(t *testing.T, binary string) {
	store := startStuckStore(t)
	secrets := writeFile(t, "secrets.json", `{"ALPHA": "`+canary+`", "BETA": "`+canary+`"}`)
	p := store.startAndAwaitWrite(t, adminEnv, binary, "sync", "--api-url", store.url,
		"--secrets-file", secrets)
	p.send(t, syscall.SIGINT)
	p.send(t, syscall.SIGTERM)
	if code := p.exitCode(t); code != exit.Partly {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"! unknown   2 names (ALPHA, BETA): the run was stopped before the answer came", "2 unknown",
	} {
		if !strings.Contains(p.stdout.String(), want) {
			t.Errorf("the report lacks %q: %s", want, p.stdout.String())
		}
	}
	if !strings.Contains(p.stderr.String(), "interrupted: ") ||
		strings.Contains(p.stdout.String()+p.stderr.String(), canary) {
		t.Errorf("standard error is %s", p.stderr.String())
	}
}

func testCancelledAction(t *testing.T, binary string) {
	store := startStuckStore(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": store.url, "api-key": testkit.AdminKey, "secrets": `{"ALPHA": "` + canary + `"}`,
	})
	p := store.startAndAwaitWrite(t, w.Env, binary, "action")
	p.send(t, syscall.SIGINT)
	p.send(t, syscall.SIGTERM)
	code, outputs := p.exitCode(t), w.Outputs(t)
	if code != exit.Partly || outputs["status"] != "partial" || outputs["failed-names"] != `["ALPHA"]` {
		t.Errorf("exit code %d, outputs %v", code, outputs)
	}
	if summary := w.Read(t, "summary"); !strings.Contains(summary, "**unknown** | `ALPHA`<br>") {
		t.Errorf("the summary is %s", summary)
	}
}

// The system may merge signals of one kind that arrive together. So they are sent until
// the process has ended.
func testSecondSignal(t *testing.T, binary string, signal syscall.Signal, code int) {
	store := startStuckStore(t)
	secrets := writeFile(t, "secrets.json", `{"ALPHA": "`+canary+`"}`)
	p := store.startAndAwaitWrite(t, adminEnv, binary, "sync", "--api-url", store.url,
		"--secrets-file", secrets)
	for len(p.ended) == 0 {
		p.send(t, signal)
		time.Sleep(10 * time.Millisecond)
	}
	if got := p.exitCode(t); got != code || strings.Contains(p.stdout.String(), "result:") {
		t.Errorf("exit code %d: %s%s", got, p.stdout.String(), p.stderr.String())
	}
}

// A command that waits for standard input ends with its context.
func TestStandardInputIsInterrupted(t *testing.T) {
	for _, args := range [][]string{
		{"set", "NAME", "--api-url", "http://127.0.0.1:1"},
		{"plan", "--secrets-file", "-", "--api-url", "http://127.0.0.1:1"},
	} {
		in, writer := io.Pipe()
		t.Cleanup(func() { _ = writer.Close() })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var stdout, stderr bytes.Buffer
		c := cli.Command{
			Stdin: in, Stdout: &stdout, Stderr: &stderr, Env: []string{"PREFECT_SECRETS_API_KEY=k"},
		}
		code := c.Main(ctx, args)
		if code != exit.Partly || !strings.Contains(stderr.String(), "interrupted before standard input ended") {
			t.Errorf("%v: exit code %d: %s", args, code, stderr.String())
		}
	}
}
