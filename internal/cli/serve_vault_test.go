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

// Two replicas of serve on one Vault see each other's writes. The errors of a sealed
// Vault end once it is unsealed.
func TestServeOnVault(t *testing.T) {
	fake := vaulttest.NewFake()
	server := httptest.NewServer(fake)
	defer server.Close()
	keysFile, key := writeKeysFile(t)
	vaultEnv := []string{"VAULT_ADDR=" + server.URL, "VAULT_TOKEN=" + vaulttest.RootToken}
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
	s := log()
	if strings.Contains(s, "CANARY") || strings.Contains(s, key) || strings.Contains(s, vaulttest.RootToken) {
		t.Errorf("a value shows: %s", s)
	}
}

// The writes of one document are at Vault at the same time, as many as the store accepts.
func TestServeOnVaultWritesADocumentInParallel(t *testing.T) {
	writes := &barrier{want: vault.Concurrency, complete: make(chan struct{})}
	fake := vaulttest.NewFake()
	fake.Before = writes.wait
	server := httptest.NewServer(fake)
	defer server.Close()
	keysFile, key := writeKeysFile(t)
	vaultEnv := []string{"VAULT_ADDR=" + server.URL, "VAULT_TOKEN=" + vaulttest.RootToken}
	url, _ := startProduction(t, vaultEnv, "--store", "vault", "--keys-file", keysFile)
	_, _, secrets := startFake(t, 50)
	r := runCommand(t, []string{"PREFECT_SECRETS_API_KEY=" + key}, "", "sync", "--api-url", url,
		"--secrets-file", secrets)
	if r.code != exit.OK || !strings.Contains(r.stdout, "50 created") || !strings.Contains(r.stdout, "in 3 requests") {
		t.Fatalf("%+v", r)
	}
	if most := writes.most.Load(); most != vault.Concurrency {
		t.Errorf("%d writes at once, want %d", most, vault.Concurrency)
	}
}

// barrier delays writes until there are want of them, or one has waited too long.
type barrier struct {
	want      int64
	now, most atomic.Int64
	complete  chan struct{}
	once      sync.Once
}

// wait delays a write. It never answers one itself, as [vaulttest.Fake.Before] may.
func (b *barrier) wait(_ http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPut {
		return false
	}
	n := b.now.Add(1)
	defer b.now.Add(-1)
	for most := b.most.Load(); n > most && !b.most.CompareAndSwap(most, n); most = b.most.Load() {
	}
	if n >= b.want {
		b.once.Do(func() { close(b.complete) })
	}
	select {
	case <-b.complete:
	case <-time.After(5 * time.Second):
		b.once.Do(func() { close(b.complete) })
	}
	return false
}
