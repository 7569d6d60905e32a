package fake_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

var matchAll = faults.Match{}

func TestATenantsIDIsItsSlugs(t *testing.T) {
	a, err := fake.New(fake.Config{Tenant: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := fake.New(fake.Config{Tenant: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Tenant.ID != b.Tenant.ID || a.AdminKey == b.AdminKey || a.AdminKey == a.RunnerKey {
		t.Error("the ids must be equal, and the keys different")
	}
	if _, err := fake.New(fake.Config{Tenant: "dev", TenantID: "not a UUID"}); err == nil {
		t.Error("an id that is not a UUID is accepted")
	}
}

func TestAnInvalidKeyOrTenantChangesNothing(t *testing.T) {
	f, err := fake.New(fake.Config{Tenant: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddKey(cloud.Key{Name: fake.AdminName, Role: cloud.Admin, Tenants: []string{f.Tenant.ID}}); err == nil {
		t.Error("a second key of one name is accepted")
	}
	if _, err := f.AddTenant(""); err == nil {
		t.Error("a tenant without a slug is accepted")
	}
	if _, err := f.AddTenant("data"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
