//go:build realvault

package vault_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

const tenant = "11111111-1111-4111-8111-111111111111"

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) cloud.Store { return sharedServer(t).open(t) })
}

// File storage makes file names of the segments of a path.
func TestContractOnFiles(t *testing.T) {
	t.Parallel()
	s := startServer(t, "-storage", "file", "-path", "DIR/data")
	storetest.Run(t, func(t *testing.T) cloud.Store { return s.open(t) })
	vaulttest.TestNames(t, s.open(t), 1, 100)
}

func TestContractWhereTheMountRequiresCheckAndSet(t *testing.T) {
	s := sharedServer(t)
	s.write(t, "sys/mounts/cas", map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	eventually(t, "KV engine", func() error {
		_, err := s.root(t).Logical().Write("cas/config", map[string]any{"cas_required": true})
		return err
	})
	storetest.Run(t, func(t *testing.T) cloud.Store {
		return s.open(t, func(c *vault.Config) { c.Mount = "cas" })
	})
}

func TestNamesCannotLeaveTheirTenantOrMeet(t *testing.T) {
	for seed := range uint64(3) {
		vaulttest.TestNames(t, sharedServer(t).open(t), seed, 60)
	}
}

func TestNoVersionIsLeftBehind(t *testing.T) {
	s := sharedServer(t)
	store := s.open(t, func(c *vault.Config) { c.Prefix, c.MaxVersions = "versions", 3 })
	for range 8 {
		mustSet(t, store, "x", `1`)
	}
	path := "secret/metadata/versions/" + tenant + "/x"
	metadata, err := s.root(t).Logical().Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := metadata.Data["versions"].(map[string]any); len(got) != 3 {
		t.Errorf("%d versions, want 3", len(got))
	}
	if err := store.Delete(t.Context(), tenant, "x"); err != nil {
		t.Fatal(err)
	}
	if metadata, err := s.root(t).Logical().Read(path); metadata != nil || err != nil {
		t.Errorf("left behind: %v, %v", metadata, err)
	}
}

func TestSoftDeletedIsMissingAndCanBeSetAgain(t *testing.T) {
	s := sharedServer(t)
	store := s.open(t, func(c *vault.Config) { c.Prefix = "soft" })
	mustSet(t, store, "x", `1`)
	if _, err := s.root(t).Logical().Delete("secret/data/soft/" + tenant + "/x"); err != nil {
		t.Fatal(err)
	}
	if info, err := store.Info(t.Context(), tenant, "x"); err != nil || len(info) != 0 {
		t.Errorf("Info: %v, %v", info, err)
	}
	if changed, err := store.Set(t.Context(), tenant, "x", json.RawMessage(`1`), "ci", true); err != nil || !changed {
		t.Errorf("Set: %t, %v", changed, err)
	}
}

func TestMountsThatAreNoKVOfVersion2(t *testing.T) {
	s := sharedServer(t)
	s.write(t, "sys/mounts/old", map[string]any{"type": "kv", "options": map[string]any{"version": "1"}})
	for mount, want := range map[string]string{"old": "KV engine of version 2", "none": "mount a KV engine of version 2"} {
		store := s.open(t, func(c *vault.Config) { c.Mount = mount })
		_, err := store.Set(t.Context(), tenant, "x", json.RawMessage(`"CANARY"`), "ci", false)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: %v, want %q in it", mount, err, want)
		}
	}
}

func mustSet(t testing.TB, s cloud.Store, name, value string) {
	t.Helper()
	if _, err := s.Set(context.WithoutCancel(t.Context()), tenant, name, json.RawMessage(value), "ci", false); err != nil {
		t.Fatal(err)
	}
}
