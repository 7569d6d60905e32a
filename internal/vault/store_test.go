package vault_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

const tenant = "11111111-1111-4111-8111-111111111111"

// newStore makes a store over a fake, and closes it at the end of the test.
func newStore(t *testing.T, f *vaulttest.Fake, change ...func(*vault.Config)) *vault.Store {
	t.Helper()
	c := vault.Config{
		Address: "http://vault.test:8200", Login: vault.Token{Token: vault.Static(vaulttest.RootToken)},
		Transport: cloud.Transport(f),
	}
	for _, apply := range change {
		apply(&c)
	}
	s, err := vault.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) cloud.Store { return newStore(t, vaulttest.NewFake()) })
}

func TestContractWhereTheMountRequiresCheckAndSet(t *testing.T) {
	storetest.Run(t, func(t *testing.T) cloud.Store {
		f := vaulttest.NewFake()
		f.RequireCAS()
		return newStore(t, f)
	})
}

func TestNamesCannotLeaveTheirTenantOrMeet(t *testing.T) {
	for seed := range uint64(20) {
		vaulttest.TestNames(t, newStore(t, vaulttest.NewFake()), seed, 60)
	}
}
