package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const canary = "CANARY9d41"

var adminEnv = []string{"PREFECT_SECRETS_API_KEY=" + testkit.AdminKey}

// result is the outcome of a run of the command.
type result struct {
	code           int
	stdout, stderr string
}

// checksPage is docs/checks.md, which main.go embeds. It is read before a test changes
// the working directory, and is empty where a script runs this test as the command.
var checksPage, _ = os.ReadFile("../../docs/checks.md")

func runCommand(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := cli.Command{
		Stdin: bytes.NewReader([]byte(stdin)), Stdout: &stdout, Stderr: &stderr, Env: env, ChecksPage: string(checksPage),
	}
	code := command.Main(t.Context(), args)
	return result{code, stdout.String(), stderr.String()}
}

// startFake starts a fake behind a socket, and writes a file of n secrets.
func startFake(t *testing.T, n int) (fake *testkit.Cloud, url, secrets string) {
	t.Helper()
	fake = testkit.New(t)
	server := httptest.NewServer(fake.Handler())
	t.Cleanup(server.Close)
	values := map[string]string{}
	for i := range n {
		values[fmt.Sprintf("S%04d", i)] = canary
	}
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return fake, server.URL, writeFile(t, "secrets.json", string(text))
}

// devServer is a running serve --dev.
type devServer struct {
	URL       string `json:"url"`
	AdminKey  string `json:"admin_key"`
	RunnerKey string `json:"runner_key"`
}

func startDevServer(t *testing.T, args ...string) devServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "ready.json")
	stopped := make(chan int, 1)
	go func() {
		command := cli.Command{Stdin: bytes.NewReader(nil), Stdout: io.Discard, Stderr: io.Discard}
		stopped <- command.Main(ctx, append([]string{
			"serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", path,
		}, args...))
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-stopped; code != exit.OK {
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

// names lists the names in the store.
func (s devServer) names(t *testing.T) []string {
	t.Helper()
	r := runCommand(t, []string{"PREFECT_SECRETS_API_KEY=" + s.AdminKey}, "", "names",
		"--api-url", s.URL, "--format", "json")
	var document struct{ Names []string }
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
		t.Fatalf("names: %v: %s", err, r.stderr)
	}
	return document.Names
}

// startProduction runs serve until the test ends. The function log stops the server and
// returns its log.
func startProduction(t *testing.T, env []string, args ...string) (url string, log func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "ready.json")
	args = append([]string{
		"serve", "--listen", "127.0.0.1:0", "--ready-file", path, "--shutdown-delay", "0s",
		"--log-level", "debug",
	}, args...)
	var stderr bytes.Buffer
	stopped := make(chan int)
	go func() {
		command := cli.Command{Stdin: bytes.NewReader(nil), Stdout: &stderr, Stderr: &stderr, Env: env}
		code := command.Main(ctx, args)
		stopped <- code
		close(stopped)
	}()
	log = func() string {
		cancel()
		if code := <-stopped; code != exit.OK {
			t.Errorf("the server exited with %d: %s", code, &stderr)
		}
		return stderr.String()
	}
	t.Cleanup(func() { _ = log() })
	for range 400 {
		var r struct{ URL string }
		if data, err := os.ReadFile(path); err == nil && json.Unmarshal(data, &r) == nil {
			return r.URL, log
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the server did not start")
	return "", nil
}

// writeKeysFile writes a keys file with one admin key.
func writeKeysFile(t *testing.T) (path, key string) {
	t.Helper()
	key = keysfile.NewKey()
	hash := keysfile.FormatHash(sha256.Sum256([]byte(key)))
	return writeFile(t, "keys.toml", `[[tenants]]
id = "11111111-1111-4111-8111-111111111111"
slug = "data"
[[keys]]
name = "ci"
role = "admin"
tenants = ["data"]
hash = "`+hash+`"
`), key
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
