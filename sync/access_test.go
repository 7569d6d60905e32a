package sync_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// planPair plans A and B against a store, not to be applied.
func planPair(t *testing.T, store secretsync.Store, in secretsync.Run) (*secretsync.Plan, error) {
	t.Helper()
	return planPairWith(t, store, in, secretsync.NewPlan)
}

// planPairWith plans A and B against a store, with the newPlan that is given.
func planPairWith(
	t *testing.T, store secretsync.Store, in secretsync.Run, newPlan func(secretsync.Run) (*secretsync.Plan, error),
) (*secretsync.Plan, error) {
	t.Helper()
	in.Sources = newSources("A", "x", "B", "y")
	plan, err := newPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	return plan, plan.CompareWith(t.Context(), store)
}

func TestAKeyThatCouldNotDoThePlan(t *testing.T) {
	const (
		runner       = "the key from HERE is a runner key, which can read values but not write; writing needs an admin key"
		planner      = "the key from HERE is a planner key, which can only list names; writing needs an admin key"
		add          = ": add a pattern to the key in the store's keys file, or leave these names out"
		unreachableA = `the key from HERE has no access to "A"` + add
		unreachableB = `the key from HERE has no access to "B"` + add
	)
	tests := []struct {
		name  string
		key   testkit.Key
		apply bool
		want  string
		note  bool
	}{
		{"admin", testkit.Key{Role: prefect.RoleAdmin}, true, "", false},
		{"runner", testkit.Key{Role: prefect.RoleRunner}, false, runner, false},
		{"planner, to show", testkit.Key{Role: prefect.RolePlanner}, false, "", true},
		{"planner, to apply", testkit.Key{Role: prefect.RolePlanner}, true, planner, false},
		{"patterns", testkit.Key{Role: prefect.RoleAdmin, Patterns: []string{"B"}}, false, unreachableA, false},
		{"a planner's patterns", testkit.Key{Role: prefect.RolePlanner, Patterns: []string{"A"}}, false, unreachableB, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Set("A", 1)
			tt.key.Name = "k"
			client := cloud.ClientWithKey(cloud.AddKey(tt.key))
			newPlan := secretsync.NewPlan
			if tt.apply {
				newPlan = secretsync.NewPlanToApply
			}
			plan, err := planPairWith(t, newPaced(client), secretsync.Run{WriterFrom: "HERE"}, newPlan)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != tt.want || errors.Is(err, prefect.ErrForbidden) != (tt.want != "") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if has := strings.Contains(plan.KeyNote, "sync needs an admin key"); has != tt.note {
				t.Errorf("the note is %q", plan.KeyNote)
			}
			if client.Requests() != 1 {
				t.Errorf("%d requests", client.Requests())
			}
		})
	}
}

// A role that this release does not know may be one that writes.
func TestAnUnknownRole(t *testing.T) {
	store := newStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lists := ""
		if strings.Contains(readBody(t, r), "owned:") {
			lists = `,"secret":[],"owned":[]`
		}
		_, _ = io.WriteString(w, `{"data":{"secrets_api":{"key":"k","role":"writer","tenant":"t","unreachable":[]}`+lists+`}}`)
	}))
	plan, err := planPairWith(t, store, secretsync.Run{}, secretsync.NewPlanToApply)
	if err != nil || plan.Tenant != "t" || plan.Actions[0].Tenant != "t" {
		t.Errorf("%v: %+v", err, plan)
	}
	if err := secretsync.CheckReader(t.Context(), store, []string{"A"}, "f"); err != nil {
		t.Error(err)
	}
}

func TestAStoreWithoutRoles(t *testing.T) {
	for _, dialect := range []prefect.Dialect{prefect.DialectCamel, prefect.DialectSnake} {
		cloud := testkit.New(t, testkit.WithDialect(dialect))
		plan, err := planPairWith(t, newPaced(cloud.RunnerClient()), secretsync.Run{}, secretsync.NewPlanToApply)
		if err != nil || plan.Tenant != "" || plan.KeyNote != "" {
			t.Errorf("%v: %+v", err, plan)
		}
		if err := secretsync.CheckReader(t.Context(), newPaced(cloud.AdminClient()), []string{"A"}, "f"); err != nil {
			t.Error(err)
		}
	}
}

func TestCheckReader(t *testing.T) {
	cloud := testkit.New(t)
	for want, key := range map[string]testkit.Key{
		"":                                      {Name: "a", Role: prefect.RoleRunner, Patterns: []string{"A", "B*"}},
		`the key from f has no access to "C": `: {Name: "b", Role: prefect.RoleRunner, Patterns: []string{"A", "B"}},
		"the key from f is an admin key, which": {Name: "c", Role: prefect.RoleAdmin},
		"the key from f is a planner key, which ca": {Name: "d", Role: prefect.RolePlanner},
	} {
		names := []string{"A", "B"}
		if key.Name == "b" {
			names = append(names, "C")
		}
		client := cloud.ClientWithKey(cloud.AddKey(key))
		err := secretsync.CheckReader(t.Context(), newPaced(client), names, "f")
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) || client.Requests() != 1 {
			t.Errorf("%+v: %v, %d requests", key, err, client.Requests())
		}
	}
}
