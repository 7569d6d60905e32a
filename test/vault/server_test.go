//go:build realvault

// Package vault_test tests the store in Vault on a real server, which test/vault/run.sh
// builds.
package vault_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// patience is how long a test waits for a server.
const patience = time.Minute

func TestMain(m *testing.M) {
	if address := os.Getenv(bareProxyVariable); address != "" {
		fmt.Fprintln(os.Stderr, runBareProxy(address))
		os.Exit(1)
	}
	for _, program := range []string{"VAULT_SERVER", "PREFECT_SECRETS_BIN"} {
		if os.Getenv(program) == "" {
			fmt.Fprintln(os.Stderr, program+" is not set: run test/vault/run.sh")
			os.Exit(2)
		}
	}
	code := m.Run()
	printSamples(os.Stdout)
	if shared.server != nil {
		shared.server.kill()
	}
	os.Exit(code)
}

// server is a process of Vault.
type server struct {
	Address string `json:"address"`
	Cluster string `json:"cluster"`
	Token   string `json:"token"`
	Key     string `json:"key"`

	dir     string
	args    []string
	process *exec.Cmd
}

// shared holds a server in memory for tests that do not seal or kill it.
var shared struct {
	once   sync.Once
	server *server
}

// sharedServer returns the server that tests share, and starts it if necessary.
func sharedServer(t testing.TB) *server {
	t.Helper()
	shared.once.Do(func() {
		dir, err := os.MkdirTemp("", "vault")
		if err != nil {
			t.Fatal(err)
		}
		s := &server{dir: dir}
		s.run(t)
		s.mountKV(t)
		shared.server = s
	})
	if shared.server == nil {
		t.Fatal("there is no server")
	}
	return shared.server
}

// startServer starts a server for one test. It mounts a KV engine if the server has
// initialised itself. DIR in args is the server's directory.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := &server{dir: t.TempDir()}
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "DIR", s.dir)
	}
	s.args = args
	s.run(t)
	t.Cleanup(s.kill)
	if s.Token != "" {
		s.mountKV(t)
	}
	return s
}

// run starts the process and waits until it answers. A restarted process uses the same
// addresses and keys.
func (s *server) run(t testing.TB) {
	t.Helper()
	ready := filepath.Join(s.dir, "ready.json")
	_ = os.Remove(ready)
	args := append([]string{"-ready", ready}, s.args...)
	if s.Address != "" {
		args = append(args, "-listen", strings.TrimPrefix(s.Address, "http://"), "-cluster", s.Cluster)
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	s.process = exec.Command(os.Getenv("VAULT_SERVER"), args...)
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a ready file", func() error {
		text, err := os.ReadFile(ready)
		if err != nil {
			return err
		}
		token, key := s.Token, s.Key
		err = json.Unmarshal(text, s)
		if s.Token == "" {
			s.Token, s.Key = token, key
		}
		return err
	})
}

// kill ends the process as a crash does.
func (s *server) kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
}

// eventually retries until there is no error, or patience ends.
func eventually(t testing.TB, what string, try func() error) {
	t.Helper()
	end := time.Now().Add(patience)
	err := try()
	for ; err != nil && time.Now().Before(end); err = try() {
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("there is no %s: %v", what, err)
	}
}

// root returns a client with the root token.
func (s *server) root(t testing.TB) *api.Client {
	t.Helper()
	c, err := api.NewClient(&api.Config{Address: s.Address})
	if err != nil {
		t.Fatal(err)
	}
	c.SetToken(s.Token)
	return c
}

// write writes as root and returns the response.
func (s *server) write(t testing.TB, path string, data map[string]any) *api.Secret {
	t.Helper()
	secret, err := s.root(t).Logical().WriteWithContext(context.WithoutCancel(t.Context()), path, data)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (s *server) mountKV(t testing.TB) {
	t.Helper()
	eventually(t, "KV engine", func() error {
		return s.root(t).Sys().Mount("secret", &api.MountInput{Type: "kv", Options: map[string]string{"version": "2"}})
	})
}

func (s *server) seal(t testing.TB) {
	t.Helper()
	if err := s.root(t).Sys().Seal(); err != nil {
		t.Error(err)
	}
}

func (s *server) unseal(t testing.TB) {
	t.Helper()
	if _, err := s.root(t).Sys().Unseal(s.Key); err != nil {
		t.Error(err)
	}
}

// open opens a store as root, with a new prefix.
func (s *server) open(t testing.TB, change ...func(*vault.Config)) *vault.Store {
	t.Helper()
	c := vault.Config{
		Address: s.Address, Prefix: "p-" + strings.ToLower(rand.Text()), Patience: patience,
		Login: vault.Token{Token: vault.Static(s.Token)},
	}
	for _, apply := range change {
		apply(&c)
	}
	store, err := vault.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}
