//go:build realvault

package vault_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// policyFile returns the policy in the docs.
func policyFile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/vault-policy.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newToken creates a token with one policy.
func (s *server) newToken(t *testing.T, policy string, ttl time.Duration) string {
	t.Helper()
	name := fmt.Sprintf("limited-%d", time.Now().UnixNano())
	s.write(t, "sys/policies/acl/"+name, map[string]any{"policy": policy})
	secret := s.write(t, "auth/token/create", map[string]any{
		"policies": []string{name}, "no_default_policy": true, "ttl": ttl.String(),
	})
	return secret.Auth.ClientToken
}

func withToken(token string) func(*vault.Config) {
	return func(c *vault.Config) {
		c.Prefix, c.Login = vault.DefaultPrefix, vault.Token{Token: vault.Static(token)}
	}
}

func TestPolicyIsEnough(t *testing.T) {
	s := sharedServer(t)
	token := s.newToken(t, policyFile(t), time.Hour)
	storetest.Run(t, func(t *testing.T) cloud.Store { return s.open(t, withToken(token)) })
}

// useStore calls each method of a store, until after the first lifetime of its token.
func useStore(t *testing.T, s *server, policy string, change ...func(*vault.Config)) error {
	const ttl = 3 * time.Second
	start := time.Now()
	store := s.open(t, append([]func(*vault.Config){withToken(s.newToken(t, policy, ttl))}, change...)...)
	defer func() { _ = store.Close() }()
	ctx, name := t.Context(), "x "+rand.Text()
	steps := []func() error{
		func() error { return store.Ping(ctx) },
		func() error { _, err := store.Set(ctx, tenant, name, json.RawMessage(`1`), "ci", false); return err },
		func() error { _, err := store.Set(ctx, tenant, name, json.RawMessage(`2`), "ci", false); return err },
		func() error { _, err := store.Get(ctx, tenant, name); return err },
		func() error { _, err := store.Names(ctx, tenant); return err },
		func() error { return store.Delete(ctx, tenant, name) },
		func() error { time.Sleep(time.Until(start.Add(ttl + time.Second))); return store.Ping(ctx) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func TestPolicyHoldsNothingThatIsNotNeeded(t *testing.T) {
	s, policy := sharedServer(t), policyFile(t)
	if err := useStore(t, s, policy); err != nil {
		t.Fatalf("with the complete policy: %v", err)
	}
	for _, capability := range []string{`"create", `, `"read", `, `, "update"]`, `"list", `, `, "delete"]`, `["read"]`, `["update"]`} {
		t.Run(strings.Trim(capability, `[], `), func(t *testing.T) {
			without := map[bool]string{true: `]`, false: ``}[strings.HasPrefix(capability, ", ")]
			if strings.HasPrefix(capability, "[") {
				without = `["deny"]`
			}
			reduced := strings.Replace(policy, capability, without, 1)
			if reduced == policy {
				t.Fatal("the policy does not have it")
			}
			t.Parallel()
			err := useStore(t, s, reduced)
			if err == nil || !strings.Contains(err.Error(), "policy must grant") && !strings.Contains(err.Error(), "no longer valid in Vault") {
				t.Errorf("nothing breaks: %v", err)
			}
		})
	}
}

func TestPolicyWithMaxVersions(t *testing.T) {
	s, policy := sharedServer(t), policyFile(t)
	limit := func(c *vault.Config) { c.MaxVersions = 2 }
	if err := useStore(t, s, policy, limit); err == nil || !strings.Contains(err.Error(), `create and update on "secret/metadata/`) {
		t.Errorf("without what it needs: %v", err)
	}
	if err := useStore(t, s, uncommented(t, policy), limit); err != nil {
		t.Errorf("with what it needs: %v", err)
	}
}

// uncommented applies the policy's last paragraph, which is a comment: it replaces what
// the paragraph replaces.
func uncommented(t *testing.T, policy string) string {
	t.Helper()
	before, paragraph, ok := strings.Cut(policy, "# Only with --vault-max-versions:\n#\n")
	if !ok {
		t.Fatal("the policy has no such paragraph")
	}
	before = strings.Replace(before, `capabilities = ["list", "delete"]`, `capabilities = ["list", "delete", "create", "update"]`, 1)
	if want := strings.ReplaceAll(paragraph, "# ", ""); !strings.Contains(before, strings.TrimSpace(want)) {
		t.Fatalf("the paragraph is not what the policy becomes:\n%s", want)
	}
	return before
}
