package tenant_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const id = "0a1b2c3d-0000-4000-8000-00000000000f"

func TestFind(t *testing.T) {
	list := func(context.Context) ([]prefect.Tenant, error) {
		return []prefect.Tenant{{ID: id, Slug: "data"}, {ID: "2", Slug: "ml"}}, nil
	}
	got, err := tenant.Find(t.Context(), []string{"ml", "data", "0A1B2C3D-0000-4000-8000-00000000000F", "ml"}, list)
	if diff := cmp.Diff([]tenant.Tenant{{Name: "ml", ID: "2"}, {Name: "data", ID: id}}, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	for name, want := range map[string]string{
		"dta":     `the key has no access to tenant "dta": did you mean "data"?`,
		"finance": `the key has no access to tenant "finance": it can use data, ml`,
	} {
		if _, err := tenant.Find(t.Context(), []string{name}, list); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The list is asked for only if a tenant is given by its slug.
func TestFindAsksForSlugsAlone(t *testing.T) {
	failure := errors.New("failure")
	failing := func(context.Context) ([]prefect.Tenant, error) { return nil, failure }
	if got, err := tenant.Find(t.Context(), []string{id}, failing); err != nil || len(got) != 1 || got[0].ID != id {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := tenant.Find(t.Context(), []string{id, "data"}, failing); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
}

func TestLabel(t *testing.T) {
	for name, want := range map[string]string{"": "the key's own tenant", "data": "tenant data"} {
		if got := tenant.Label(name); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
