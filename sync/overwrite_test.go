package sync_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// newSharedCloud makes a fake where the key admin wrote A and the key bob wrote B.
func newSharedCloud(t *testing.T, options ...testkit.Option) *testkit.Cloud {
	t.Helper()
	cloud := testkit.New(t, options...)
	bob := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "bob", Role: prefect.RoleAdmin}))
	err := errors.Join(cloud.AdminClient().SetSecret(t.Context(), "A", 1), bob.SetSecret(t.Context(), "B", 1))
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

func TestAnotherKeysSecretIsMarked(t *testing.T) {
	for _, overwrite := range []secretsync.Overwrites{"", secretsync.OverwriteAny} {
		client := newSharedCloud(t).AdminClient()
		plan, err := planPair(t, newPaced(client), secretsync.Run{Overwrite: overwrite})
		if err != nil || client.Requests() != 1 {
			t.Fatalf("%v, %d requests", err, client.Requests())
		}
		if diff := cmp.Diff([]string{"overwrite A<A", `overwrite B<B overwrites what "bob" wrote`}, lines(plan)); diff != "" {
			t.Error(diff)
		}
		if plan.Actions[0].WrittenBy != "" || plan.Actions[1].WrittenBy != "bob" {
			t.Errorf("%+v", plan.Actions)
		}
	}
}

func TestOwnedRefusesAnotherKeysSecrets(t *testing.T) {
	const (
		refused = `the key's own, and overwrite is owned: leave them out, or allow any: "bob" wrote "B"`
		noOwner = "overwrite is owned, and this store does not know who wrote a secret: allow any"
	)
	unknown := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{"secrets_api":{"key":"admin","role":"admin","tenant":"t","unreachable":[]},
			"secret":[{"name":"A"}],"owned":[{"name":"A","updated_by":null}]}}`)
	})
	for name, tt := range map[string]struct {
		store http.Handler
		want  string
	}{
		"ours":              {newSharedCloud(t).Handler(), refused},
		"another":           {newSharedCloud(t, testkit.WithDialect(prefect.DialectSnake)).Handler(), noOwner},
		"an unknown writer": {unknown, `the store does not know who wrote "A"`},
		"nothing stored":    {testkit.New(t, testkit.WithDialect(prefect.DialectCamel)).Handler(), ""},
	} {
		_, err := planPair(t, newStore(t, tt.store), secretsync.Run{Overwrite: secretsync.OverwriteOwned})
		if (err != nil) != (tt.want != "") || errors.Is(err, secretsync.ErrNotOwned) != (tt.want != "") {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A writer is named once, however many names it wrote.
func TestOwnedNamesAWriterOnce(t *testing.T) {
	cloud := testkit.New(t)
	bob := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "bob", Role: prefect.RoleAdmin}))
	in := secretsync.Run{Sources: newNumbered(30), Overwrite: secretsync.OverwriteOwned}
	secretsync.Apply(t.Context(), newPaced(bob), mustPlan(t, newPaced(bob), in), secretsync.ApplyOptions{})
	plan, err := secretsync.NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	err = plan.CompareWith(t.Context(), newPaced(cloud.AdminClient()))
	if err == nil || strings.Count(err.Error(), "bob") != 1 || !strings.HasSuffix(err.Error(), `"S009" and 20 more names`) {
		t.Errorf("got %v", err)
	}
}

func TestOwnedAllowsTheKeysOwnSecrets(t *testing.T) {
	store := newStore(t, newCloud(t, "A", "B").Handler())
	plan, err := planPair(t, store, secretsync.Run{Overwrite: secretsync.OverwriteOwned})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"overwrite A<A", "overwrite B<B"}, lines(plan)); diff != "" {
		t.Error(diff)
	}
}

// A planner is not the key that will write.
func TestAPlannerRefusesNobodysSecrets(t *testing.T) {
	cloud := newSharedCloud(t)
	if err := cloud.AdminClient().SetSecret(t.Context(), "OLD", 1); err != nil {
		t.Fatal(err)
	}
	store := newPaced(cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "pr", Role: prefect.RolePlanner})))
	plan, err := planPair(t, store, pruneAll(secretsync.Run{Overwrite: secretsync.OverwriteOwned}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`overwrite A<A last written by "admin"`, `overwrite B<B last written by "bob"`,
		`delete OLD< not in any source; only the key that wrote it, "admin", may delete it`,
	}
	if diff := cmp.Diff(want, lines(plan)); diff != "" || !strings.HasSuffix(plan.KeyNote, "and overwrites only what that key wrote") {
		t.Errorf("%q: %s", plan.KeyNote, diff)
	}
}

// An unknown policy must not count as any.
func TestAnUnknownPolicy(t *testing.T) {
	in := secretsync.Run{Sources: newSources("A", "x"), Overwrite: "own"}
	if _, err := secretsync.NewPlan(in); err == nil || !strings.Contains(err.Error(), "any or owned") {
		t.Errorf("got %v", err)
	}
}

func TestOverwriteInAManifest(t *testing.T) {
	m, err := secretsync.ParseManifest("m.toml", []byte(`
overwrite = "owned"
[environments.a]
[environments.b]
overwrite = "any"
`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]secretsync.Overwrites{"": "owned", "a": "owned", "b": "any"} {
		e, err := m.Environment(name)
		if err != nil || e.Overwrite != want {
			t.Errorf("%q: %v, %q", name, err, e.Overwrite)
		}
	}
	for bad, want := range map[string]string{
		`"ownd"`:    "unknown value: did you mean owned?",
		`"own"`:     "unknown value: use any",
		`""`:        "unknown value",
		`true`:      "expected a string",
		`["owned"]`: "expected a string",
	} {
		_, err := secretsync.ParseManifest("m.toml", []byte("overwrite = "+bad))
		if err == nil || !strings.Contains(err.Error(), "m.toml: overwrite: "+want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Thousands of names are planned with a key whose patterns exclude most of them.
func TestManyUnreachableNames(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "k", Role: prefect.RoleAdmin, Patterns: []string{"S0*"}}))
	plan, err := secretsync.NewPlan(secretsync.Run{Sources: newNumbered(3000), WriterFrom: "HERE"})
	if err != nil {
		t.Fatal(err)
	}
	err = plan.CompareWith(t.Context(), newPaced(client))
	if want := fmt.Sprintf("%q and 2890 more names", "S1008"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
