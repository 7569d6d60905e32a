package sync_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// newPaced makes a store with a pace of its own.
func newPaced(store secretsync.Store) secretsync.Store { return new(secretsync.Pace).Of(store) }

// newStore makes a client of h with the fake's admin key, and gives it a pace.
func newStore(t *testing.T, h http.Handler) secretsync.Store {
	t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: "http://localhost/", APIKey: testkit.AdminKey, Transport: cloud.Transport(h),
	})
	if err != nil {
		t.Fatal(err)
	}
	return newPaced(client)
}

// readBody reads a request's body and puts it back.
func readBody(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

func TestPlanningIsRetriedAFewTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := testkit.New(t)
		fake.Inject(faults.Match{Field: "secret", Times: 3}, faults.Unavailable())
		mustPlan(t, newPaced(fake.AdminClient()), secretsync.Run{Sources: newNumbered(1)})
	})
}

func TestPlanningGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := testkit.New(t)
		fake.Inject(faults.Match{Field: "secret"}, faults.Fault{Status: 500})
		plan, err := secretsync.NewPlan(secretsync.Run{Sources: newNumbered(1)})
		if err != nil {
			t.Fatal(err)
		}
		client := fake.AdminClient()
		var answered *prefect.APIError
		err = plan.CompareWith(t.Context(), newPaced(client))
		if !errors.As(err, &answered) || answered.Status != 500 || client.Requests() != 4 {
			t.Errorf("%v after %d requests", err, client.Requests())
		}
	})
}

func TestPlanningObeysRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := testkit.New(t)
		fake.Inject(faults.Match{Field: "secret", Times: 1}, faults.RateLimited(30*time.Second))
		began := time.Now()
		mustPlan(t, newPaced(fake.AdminClient()), secretsync.Run{Sources: newNumbered(1)})
		if took := time.Since(began); took < 30*time.Second {
			t.Errorf("asked again after %v", took)
		}
	})
}

func TestAnErrorOfTheStoreContainsNoValue(t *testing.T) {
	store := newStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body := readBody(t, r); strings.Contains(body, "setSecret(") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"errors":[{"message":"got ` + canary + `"}]}`))
			return
		}
		_, _ = w.Write([]byte(`{"data":{"secrets_api":{"key":"admin","role":"admin","tenant":"t","unreachable":[]},
			"secret":[],"owned":[]}}`))
	}))
	plan := mustPlan(t, store, secretsync.Run{Sources: newNumbered(3)})
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if report.Count(secretsync.Failed) != 3 {
		t.Fatalf("%+v", report.Actions)
	}
	for _, a := range report.Actions {
		if strings.Contains(a.Reason, canary) {
			t.Errorf("the reason of %s holds the value", a.Name)
		}
	}
}
