package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

// Two replicas of serve on one Vault see what the other wrote, and a sealed Vault
// is an error that ends by itself.
func TestServeOnVault(t *testing.T) {
	vault := vaulttest.NewFake()
	at := httptest.NewServer(vault)
	defer at.Close()
	key := server.NewKey()
	keysFile := filepath.Join(t.TempDir(), "keys.toml")
	text := "[[tenants]]\nid = \"11111111-1111-4111-8111-111111111111\"\nslug = \"data\"\n[[keys]]\nname = \"ci\"\nrole = \"admin\"\ntenants = [\"data\"]\nhash = \"" + server.HashKey(key) + "\"\n"
	if err := os.WriteFile(keysFile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	vaultEnv := []string{"VAULT_ADDR=" + at.URL, "VAULT_TOKEN=" + vaulttest.RootToken}
	one, _ := startProduction(t, vaultEnv, "--store", "vault", "--keys-file", keysFile)
	two, log := startProduction(t, vaultEnv, "--store", "vault", "--keys-file", keysFile)
	env := []string{"PREFECT_API_KEY=" + key}
	if r := runCommand(t, env, "CANARY", "set", "APP", "--api-url", one); r.code != cli.ExitOK {
		t.Fatal(r.stderr)
	}
	if r := runCommand(t, env, "", "names", "--api-url", two); r.code != cli.ExitOK || r.stdout != "APP\n" {
		t.Errorf("%+v", r)
	}
	vault.Seal(true)
	if r := runCommand(t, env, "CANARY", "set", "B", "--api-url", two, "--timeout", "2s"); r.code == cli.ExitOK {
		t.Errorf("%+v", r)
	}
	vault.Seal(false)
	if r := runCommand(t, env, "CANARY", "set", "B", "--api-url", two); r.code != cli.ExitOK {
		t.Errorf("%+v", r)
	}
	if s := log(); strings.Contains(s, "CANARY") || strings.Contains(s, key) || strings.Contains(s, vaulttest.RootToken) {
		t.Errorf("a value shows: %s", s)
	}
}

// startProduction runs serve until the test ends. The log is complete only then,
// and asking for it ends the server.
func startProduction(t *testing.T, env []string, args ...string) (url string, log func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "ready.json")
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--ready-file", path, "--shutdown-delay", "0s", "--log-level", "debug"}, args...)
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
		if code := <-stopped; code != cli.ExitOK {
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
