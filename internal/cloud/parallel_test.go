package cloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// slowStore is a store across a network: a write takes a second, and one fails.
type slowStore struct{ cloud.Store }

func (s slowStore) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	time.Sleep(time.Second)
	if name == "broken" {
		return false, errors.New("sealed")
	}
	return s.Store.Set(ctx, tenant, name, value, writer, compare)
}

func (s slowStore) Delete(ctx context.Context, tenant, name string) error {
	time.Sleep(time.Second)
	return s.Store.Delete(ctx, tenant, name)
}

const eightWrites = `mutation {
	a: setSecret(input: {name: "one", value: 1}) { success }
	b: set_secret(input: {name: "two", value: 1}) { changed }
	c: setSecret(input: {name: "broken", value: 1}) { success }
	d: set_secret(input: {name: "two", value: 1}) { changed }
	e: deleteSecret(input: {name: "one"}) { success }
	f: setSecret(input: {name: "", value: 1}) { success }
	g: setSecret(input: {name: "one", value: 2}) { success }
	h: delete_secret(input: {name: "three"}) { success }
}`

// outcome is everything that can be observed of a document: the answer, the calls,
// and what the store holds.
type outcome struct {
	Body  string
	Calls []faults.Call
	One   string
	Names []string
}

// writeEight sends the document with so many concurrent writes, and returns how long
// that takes.
func writeEight(t *testing.T, parallel int, injected ...faults.Fault) (outcome, time.Duration) {
	store := slowStore{cloud.NewMemory(now)}
	a := newEngine(t, func(c *cloud.Config) { c.Store, c.Parallel = store, parallel })
	for _, fault := range injected {
		if _, err := a.Inject(faults.Match{Secret: "two", Nth: 2}, fault); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	body, _ := json.Marshal(map[string]string{"query": eightWrites})
	out := outcome{Body: post(t, a, adminKey, string(body)).body, Calls: a.Calls(faults.Match{})}
	took := time.Since(start)
	one, err := store.Get(t.Context(), tenantA, "one")
	names, namesErr := store.Names(t.Context(), tenantA)
	if err := errors.Join(err, namesErr); err != nil {
		t.Fatal(err)
	}
	out.One, out.Names = string(one), names
	return out, took
}

func TestParallelWritesAreObservedInOrder(t *testing.T) {
	tests := map[string]struct {
		faults      []faults.Fault
		one, atOnce time.Duration
	}{
		"no fault":            {nil, 7 * time.Second, 3 * time.Second},
		"a fault keeps turns": {[]faults.Fault{{Code: "API_ERROR"}}, 6 * time.Second, 6 * time.Second},
		"a fault of the whole": {[]faults.Fault{{Status: 503, Applied: true}}, 7 * time.Second,
			3 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turns, tookTurns := writeEight(t, 0, tt.faults...)
				atOnce, tookAtOnce := writeEight(t, 16, tt.faults...)
				if diff := cmp.Diff(turns, atOnce); diff != "" {
					t.Errorf("(-one after another +at once):\n%s", diff)
				}
				if turns.One != "2" || len(turns.Calls) != 8 {
					t.Errorf("one is %s after %d calls", turns.One, len(turns.Calls))
				}
				if tookTurns != tt.one || tookAtOnce != tt.atOnce {
					t.Errorf("took %v and %v, want %v and %v", tookTurns, tookAtOnce, tt.one, tt.atOnce)
				}
			})
		})
	}
}
