package prefect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestTenantsAndForTenant(t *testing.T) {
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	client := cloud.AdminClient()
	tenants, err := client.ListTenants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(tenants) != 2 || tenants[0].Slug != "data" || tenants[1].ID != cloud.TenantID() {
		t.Fatalf("tenants %+v", tenants)
	}
	other, err := client.ForTenant(tenants[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.SetSecret(t.Context(), "A", "x"); err != nil {
		t.Fatal(err)
	}
	data.AssertSecrets(t, map[string]any{"A": "x"})
	cloud.AssertSecrets(t, map[string]any{})
	if client.Requests() != 2 || other.Requests() != 2 {
		t.Errorf("%d and %d requests, want 2 counted by both", client.Requests(), other.Requests())
	}
	if _, err := client.ForTenant("a b"); err == nil {
		t.Error("an id with a space was accepted")
	}
}

func TestGetOwners(t *testing.T) {
	cloud := testkit.New(t)
	other := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "bob", Role: prefect.RoleAdmin}))
	client := cloud.AdminClient()
	if err := errors.Join(
		client.SetSecret(t.Context(), "MINE", 1),
		other.SetSecret(t.Context(), "BOBS", 2),
		other.SetSecret(t.Context(), "MORE", 3),
	); err != nil {
		t.Fatal(err)
	}
	owners, err := client.GetOwners(t.Context(), []string{"MINE", "BOBS", "GONE"})
	want := map[string]string{"MINE": "admin", "BOBS": "bob"}
	if diff := cmp.Diff(want, owners); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
}

func TestAnOldAPIHasNoOwners(t *testing.T) {
	cloud := testkit.New(t, testkit.WithDialect(prefect.DialectCamel))
	if owners, err := cloud.AdminClient().GetOwners(t.Context(), []string{"A"}); owners != nil || err != nil {
		t.Errorf("got %v, %v", owners, err)
	}
}

func TestDeleteSecretsHasAResultForEachName(t *testing.T) {
	for _, dialect := range []prefect.Dialect{prefect.DialectAuto, prefect.DialectCamel, prefect.DialectSnake} {
		cloud := testkit.New(t, testkit.WithDialect(dialect))
		cloud.Set("A", 1)
		cloud.Set("B", 1)
		cloud.Set("C", 1)
		cloud.Inject(faults.Match{Field: "deleteSecret", Secret: "B"}, faults.PartialFailure())
		client := cloud.AdminClient()
		if _, err := client.ListSecrets(t.Context()); err != nil {
			t.Fatal(err)
		}
		results := client.DeleteSecrets(t.Context(), []string{"A", "B", "GONE"}, nil)
		if results[0].Err != nil || !results[0].Changed || results[1].Err == nil || results[2].Err != nil {
			t.Errorf("%s: %+v", dialect, results)
		}
		if reported := dialect == prefect.DialectAuto; results[2].Changed == reported {
			t.Errorf("%s: a name that was not there counts as changed: %v", dialect, results[2].Changed)
		}
		cloud.AssertSecrets(t, map[string]any{"B": 1, "C": 1})
	}
}

func TestAListThatDoesNotFit(t *testing.T) {
	tests := []struct{ body, want string }{
		{`{"data":{"secret_names":["A"]}}`, ""},
		{`{"data":{"secret_names":["A",1]}}`, "does not fit the request"},
		{`{"data":{"secret_names":["A"],"other":1}}`, "does not fit the request"},
		{`{"data":{"secret_names":{"A":1}}}`, "does not fit the request"},
		{`{"data":{"secret_names":null}}`, "has no result"},
		{`{"data":{}}`, "has no result"},
	}
	for _, tt := range tests {
		s := &server{bodies: map[string]string{"secret_names": tt.body}}
		names, err := s.client(t, prefect.DialectSnake).ListSecrets(t.Context())
		switch {
		case tt.want == "" && (err != nil || !slices.Equal(names, []string{"A"})):
			t.Errorf("%s: %v, %v", tt.body, names, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v, want %q", tt.body, err, tt.want)
		}
	}
}
