package fake_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

var matchAll = faults.Match{}

func TestATenantsIDIsItsSlugs(t *testing.T) {
	first, err := fake.New(fake.Config{Tenant: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := fake.New(fake.Config{Tenant: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if first.Tenant.ID != second.Tenant.ID || first.AdminKey == second.AdminKey || first.AdminKey == first.RunnerKey {
		t.Error("ids are to be the same and keys are not")
	}
	if _, err := fake.New(fake.Config{Tenant: "dev", TenantID: "not a UUID"}); err == nil {
		t.Error("an id that is no UUID is accepted")
	}
}

func TestAFailedAdmissionChangesNothing(t *testing.T) {
	f, err := fake.New(fake.Config{Tenant: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.AddKey(cloud.Key{Name: fake.AdminName, Role: cloud.Admin, Tenants: []string{f.Tenant.ID}}); err == nil {
		t.Error("a name is given twice")
	}
	if _, err := f.AddTenant(""); err == nil {
		t.Error("a tenant without a slug is accepted")
	}
	if _, err := f.AddTenant("data"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
