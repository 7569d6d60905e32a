package fake_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
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
	if _, err := fake.NewIdentity("dev", "not a UUID", "", ""); err == nil {
		t.Error("an id that is not a UUID is accepted")
	}
}

func TestFakesOfOneIdentityShareNothingElse(t *testing.T) {
	identity, err := fake.NewIdentity("dev", "", "admin-key", "runner-key")
	if err != nil {
		t.Fatal(err)
	}
	var fakes [2]*fake.Fake
	for i := range fakes {
		if fakes[i], err = fake.New(fake.Config{Identity: identity}); err != nil {
			t.Fatal(err)
		}
	}
	changed, other := fakes[0], fakes[1]
	added, err := changed.AddTenant("data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changed.AddKey(cloud.Key{Name: "ci", Role: cloud.Admin, Tenants: []string{added.ID}}); err != nil {
		t.Fatal(err)
	}
	if err := changed.Set(identity.Tenant.ID, "S", []byte(`"v"`)); err != nil {
		t.Fatal(err)
	}
	tenantsOf := func(f *fake.Fake, key string) []string {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		k, _, _ := f.KeyOf(r)
		return k.Tenants
	}
	for _, key := range []string{"admin-key", "runner-key"} {
		if got := tenantsOf(changed, key); len(got) != 2 {
			t.Errorf("%s: its tenants are %q after one was added", key, got)
		}
	}
	names, err := other.Names(identity.Tenant.ID)
	if err != nil || len(names) != 0 || len(other.Tenants()) != 1 || len(other.KeyNames()) != 2 || len(tenantsOf(other, "admin-key")) != 1 {
		t.Errorf("the other fake has %q, %v, %q, %v", names, other.Tenants(), other.KeyNames(), err)
	}
	if err := changed.Reset(); err != nil || len(changed.Tenants()) != 1 || len(changed.KeyNames()) != 2 {
		t.Errorf("after a reset: %v, %q, %v", changed.Tenants(), changed.KeyNames(), err)
	}
	if shown := fmt.Sprintf("%+v %#v %v", identity, changed, struct{ any }{identity}); strings.Contains(shown, "-key") {
		t.Errorf("an identity shows a key: %s", shown)
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
