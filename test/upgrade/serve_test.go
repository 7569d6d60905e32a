//go:build upgrade

// Package upgrade_test upgrades serve from the release before this checkout and rolls
// it back. run.sh builds both commands.
package upgrade_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	tenant   = "3f6c1de4-8b0e-4bb5-9f0e-0a1f4a2f6f57"
	patience = time.Minute
)

var (
	previous = os.Getenv("PREVIOUS_BIN")
	current  = os.Getenv("CURRENT_BIN")
)

func TestMain(m *testing.M) {
	for _, program := range []string{"PREVIOUS_BIN", "CURRENT_BIN", "VAULT_SERVER"} {
		if os.Getenv(program) == "" {
			fmt.Fprintln(os.Stderr, program+" is not set: run test/upgrade/run.sh")
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}

// site is a directory with the keys that the release before made, and what servers in
// it share.
type site struct {
	dir           string
	admin, runner string // keys
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{dir: t.TempDir()}
	file := "[[tenants]]\nid = \"" + tenant + "\"\nslug = \"data\"\n"
	for role, key := range map[string]*string{"admin": &s.admin, "runner": &s.runner} {
		shown := mustRun(t, previous, nil, "", "keygen", "--name", role, "--role", role, "--tenant", "data")
		at := strings.Index(shown, "[[keys]]")
		*key = strings.Split(shown, "\n")[2]
		if at < 0 || !strings.HasPrefix(*key, "pfs_") {
			t.Fatal("keygen of the release before prints another form")
		}
		file += "\n" + shown[at:]
	}
	s.write(t, "keys.toml", file)
	s.write(t, "admin.key", s.admin)
	s.write(t, "store.key", mustRun(t, previous, nil, "", "keygen", "--store-key"))
	s.write(t, "token.secret", strings.Repeat("5e", 32))
	return s
}

func (s *site) file(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(s.file(name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command to its end and returns what it printed on both streams.
func run(program string, env []string, stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience) // of a server that should have refused to start
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	command.Env, command.Stdin = env, strings.NewReader(stdin)
	out, err := command.CombinedOutput()
	return string(out), err
}

func mustRun(t *testing.T, program string, env []string, stdin string, args ...string) string {
	t.Helper()
	out, err := run(program, env, stdin, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(program), args[0], err, out)
	}
	return out
}

// set sets a secret with a client of the given release.
func (s *site) set(t *testing.T, client, url, name, value string) {
	t.Helper()
	mustRun(t, client, nil, value, "set", name, "--api-url", url, "--api-key-file", s.file("admin.key"))
}

// server is serve as a process. A restarted one keeps its address and its audit log.
type server struct {
	site    *site
	name    string
	url     string
	env     []string
	args    []string
	process *exec.Cmd
}

func (s *site) server(t *testing.T, name string, env []string, args ...string) *server {
	r := &server{site: s, name: name, env: env, args: append([]string{
		"serve", "--keys-file", s.file("keys.toml"), "--token-secret-file", s.file("token.secret"),
		"--audit-log", s.file(name + ".audit"), "--ready-file", s.file(name + ".json"),
	}, args...)}
	t.Cleanup(func() {
		if r.process != nil {
			_ = r.process.Process.Kill()
			_ = r.process.Wait()
		}
	})
	return r
}

// start starts a release and waits until it is ready.
func (r *server) start(t *testing.T, release string) {
	t.Helper()
	ready := r.site.file(r.name + ".json")
	_ = os.Remove(ready)
	listen := "127.0.0.1:0"
	if r.url != "" {
		listen = strings.TrimPrefix(r.url, "http://")
	}
	log, err := os.OpenFile(r.site.file(r.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	r.process = exec.Command(release, append(r.args, "--listen", listen)...)
	r.process.Env, r.process.Stdout, r.process.Stderr = r.env, log, log
	if err := r.process.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, r.name+" to be ready", func() error {
		text, err := os.ReadFile(ready)
		if err != nil {
			return err
		}
		var told struct{ URL string }
		if err := json.Unmarshal(text, &told); err != nil {
			return err
		}
		r.url = told.URL
		return r.ready()
	})
}

func (r *server) ready() error {
	answer, err := http.Get(r.url + "/readyz")
	if err != nil {
		return err
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// stop stops the server as an operator does. It fails the test if a request was cut off.
func (r *server) stop(t *testing.T) {
	t.Helper()
	if err := r.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.process.Wait(); err != nil {
		log, _ := os.ReadFile(r.site.file(r.name + ".log"))
		t.Errorf("%s ended with %v\n%s", r.name, err, log)
	}
	r.process = nil
}

// ask sends a document with a key or a token and returns the answer.
func (r *server) ask(t *testing.T, key, query string) string {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkValues reads each name as a flow run does.
func (r *server) checkValues(t *testing.T, want map[string]string) {
	t.Helper()
	for name, value := range want {
		got := r.ask(t, r.site.runner, `{secret_value(name: "`+name+`")}`)
		if quoted, _ := json.Marshal(value); strings.TrimSpace(got) != `{"data":{"secret_value":`+string(quoted)+`}}` {
			t.Fatalf("%s at %s: got %s, want %s", name, r.name, got, quoted)
		}
	}
}

// writes counts the writes in the server's audit log.
func (r *server) writes(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(r.site.file(r.name + ".audit"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), `"operation":"set_secret"`)
}

func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	end := time.Now().Add(patience)
	err := try()
	for ; err != nil && time.Now().Before(end); err = try() {
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("waited for %s: %v", what, err)
	}
}
