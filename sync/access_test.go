package sync_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// against plans A and B against a store with a key of the given role and patterns.
func against(t *testing.T, store secretsync.Store, in secretsync.PlanInput) (*secretsync.Plan, error) {
	t.Helper()
	in.Sources = []*secretsync.Source{source("s", "A", "x", "B", "y")}
	plan, err := secretsync.NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	return plan, plan.Against(t.Context(), store)
}

func TestAKeyThatCouldNotDoThePlan(t *testing.T) {
	tests := []struct {
		name  string
		key   testkit.Key
		apply bool
		want  *secretsync.KeyError
		note  bool
	}{
		{"admin", testkit.Key{Role: prefect.RoleAdmin}, true, nil, false},
		{"runner", testkit.Key{Role: prefect.RoleRunner}, false, &secretsync.KeyError{Role: prefect.RoleRunner, Needs: prefect.RoleAdmin}, false},
		{"planner, to show", testkit.Key{Role: prefect.RolePlanner}, false, nil, true},
		{"planner, to apply", testkit.Key{Role: prefect.RolePlanner}, true, &secretsync.KeyError{Role: prefect.RolePlanner, Needs: prefect.RoleAdmin}, false},
		{"patterns", testkit.Key{Role: prefect.RoleAdmin, Patterns: []string{"B"}}, false, &secretsync.KeyError{Role: prefect.RoleAdmin, Names: []string{"A"}}, false},
		{"a planner's patterns", testkit.Key{Role: prefect.RolePlanner, Patterns: []string{"A"}}, false, &secretsync.KeyError{Role: prefect.RolePlanner, Names: []string{"B"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Set("A", 1)
			tt.key.Name = "k"
			client := cloud.ClientWithKey(cloud.AddKey(tt.key))
			plan, err := against(t, paced(client), secretsync.PlanInput{KeyFrom: "HERE", Apply: tt.apply})
			var got *secretsync.KeyError
			if errors.As(err, &got) && (got.From != "HERE" || !errors.Is(err, prefect.ErrForbidden)) {
				t.Errorf("%+v", got)
			}
			if got != nil {
				got.From = ""
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) != (tt.want == nil) {
				t.Errorf("%v: %s", err, diff)
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
func TestARoleOfLater(t *testing.T) {
	store := storeOver(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lists := ""
		if strings.Contains(readBody(t, r), "owned:") {
			lists = `,"secret":[],"owned":[]`
		}
		_, _ = io.WriteString(w, `{"data":{"secrets_api":{"key":"k","role":"writer","tenant":"t","unreachable":[]}`+lists+`}}`)
	}))
	plan, err := against(t, store, secretsync.PlanInput{Apply: true})
	if err != nil || plan.Tenant != "t" || plan.Actions[0].Tenant != "t" {
		t.Errorf("%v: %+v", err, plan)
	}
	if err := secretsync.CheckReader(t.Context(), store, []string{"A"}, "f"); err != nil {
		t.Error(err)
	}
}

func TestAnotherStoreSaysNothingOfTheKey(t *testing.T) {
	for _, dialect := range []prefect.Dialect{prefect.DialectCamel, prefect.DialectSnake} {
		cloud := testkit.New(t, testkit.WithDialect(dialect))
		plan, err := against(t, paced(cloud.RunnerClient()), secretsync.PlanInput{Apply: true})
		if err != nil || plan.Tenant != "" || plan.KeyNote != "" {
			t.Errorf("%v: %+v", err, plan)
		}
		if err := secretsync.CheckReader(t.Context(), paced(cloud.AdminClient()), []string{"A"}, "f"); err != nil {
			t.Error(err)
		}
	}
}

func TestCheckReader(t *testing.T) {
	cloud := testkit.New(t)
	for want, key := range map[string]testkit.Key{
		"":                                      {Name: "a", Role: prefect.RoleRunner, Patterns: []string{"A", "B*"}},
		`the key from f does not reach "C": `:   {Name: "b", Role: prefect.RoleRunner, Patterns: []string{"A", "B"}},
		"the key from f is an admin key, which": {Name: "c", Role: prefect.RoleAdmin},
		"the key from f is a planner key, which li": {Name: "d", Role: prefect.RolePlanner},
	} {
		names := []string{"A", "B"}
		if key.Name == "b" {
			names = append(names, "C")
		}
		client := cloud.ClientWithKey(cloud.AddKey(key))
		err := secretsync.CheckReader(t.Context(), paced(client), names, "f")
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) || client.Requests() != 1 {
			t.Errorf("%+v: %v, %d requests", key, err, client.Requests())
		}
	}
}
