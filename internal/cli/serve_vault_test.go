package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

// Two replicas of serve on one Vault see what the other wrote, and a sealed Vault
// is an error that ends by itself.
func TestServeOnVault(t *testing.T) {
	fake := vaulttest.NewFake()
	at := httptest.NewServer(fake)
	defer at.Close()
	keysFile, key := writeKeysFile(t)
	vaultEnv := []string{"VAULT_ADDR=" + at.URL, "VAULT_TOKEN=" + vaulttest.RootToken}
	one, _ := startProduction(t, vaultEnv, "--store", "vault", "--keys-file", keysFile)
	two, log := startProduction(t, vaultEnv, "--store", "vault", "--keys-file", keysFile)
	env := []string{"PREFECT_SECRETS_API_KEY=" + key}
	if r := runCommand(t, env, "CANARY", "set", "APP", "--api-url", one); r.code != exit.OK {
		t.Fatal(r.stderr)
	}
	if r := runCommand(t, env, "", "names", "--api-url", two); r.code != exit.OK || r.stdout != "APP\n" {
		t.Errorf("%+v", r)
	}
	fake.Seal(true)
	if r := runCommand(t, env, "CANARY", "set", "B", "--api-url", two, "--timeout", "2s"); r.code == exit.OK {
		t.Errorf("%+v", r)
	}
	fake.Seal(false)
	if r := runCommand(t, env, "CANARY", "set", "B", "--api-url", two); r.code != exit.OK {
		t.Errorf("%+v", r)
	}
	if s := log(); strings.Contains(s, "CANARY") || strings.Contains(s, key) || strings.Contains(s, vaulttest.RootToken) {
		t.Errorf("a value shows: %s", s)
	}
}

// The writes of one document are at Vault together, as many as the store takes.
func TestServeOnVaultWritesADocumentInParallel(t *testing.T) {
	together := &barrier{want: vault.Concurrency, complete: make(chan struct{})}
	fake := vaulttest.NewFake()
	fake.Before = together.wait
	at := httptest.NewServer(fake)
	defer at.Close()
	keysFile, key := writeKeysFile(t)
	url, _ := startProduction(t, []string{"VAULT_ADDR=" + at.URL, "VAULT_TOKEN=" + vaulttest.RootToken}, "--store", "vault", "--keys-file", keysFile)
	_, _, secrets := startFake(t, 50)
	r := runCommand(t, []string{"PREFECT_SECRETS_API_KEY=" + key}, "", "sync", "--api-url", url, "--secrets-file", secrets)
	if r.code != exit.OK || !strings.Contains(r.stdout, "50 created") || !strings.Contains(r.stdout, "in 3 requests") {
		t.Fatalf("%+v", r)
	}
	if most := together.most.Load(); most != vault.Concurrency {
		t.Errorf("%d writes at once, want %d", most, vault.Concurrency)
	}
}

// gathering holds writes until so many are there, or one has waited too long.
type barrier struct {
	want      int64
	now, most atomic.Int64
	complete  chan struct{}
	once      sync.Once
}

func (g *barrier) wait(_ http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPut {
		return false
	}
	n := g.now.Add(1)
	defer g.now.Add(-1)
	for most := g.most.Load(); n > most && !g.most.CompareAndSwap(most, n); most = g.most.Load() {
	}
	if n >= g.want {
		g.once.Do(func() { close(g.complete) })
	}
	select {
	case <-g.complete:
	case <-time.After(5 * time.Second):
		g.once.Do(func() { close(g.complete) })
	}
	return false
}
