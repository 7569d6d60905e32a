package connect_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// servers start a server of each kind of store, and say how to open it.
var servers = map[*storekind.Kind]func(t *testing.T) (key string, at connect.Place){
	storekind.Default: func(t *testing.T) (string, connect.Place) {
		server := httptest.NewServer(testkit.New(t).Handler())
		t.Cleanup(server.Close)
		return testkit.AdminKey, connect.Place{URL: server.URL}
	},
	storekind.Blocks: func(t *testing.T) (string, connect.Place) {
		server := httptest.NewServer(blockstest.New())
		t.Cleanup(server.Close)
		return "", connect.Place{URL: server.URL + "/api", Kind: storekind.Blocks.Name, Settings: map[string]string{"reader": "3"}}
	},
}

// TestEveryKindIsAStore runs what package sync asks of a store against each kind.
func TestEveryKindIsAStore(t *testing.T) {
	for _, kind := range storekind.All {
		t.Run(kind.Name, func(t *testing.T) {
			key, at := servers[kind](t)
			conn, err := connect.Open(connect.Options{
				Timeout: time.Minute, APIKey: prefect.TextValue(key), Getenv: func(string) string { return "" },
			}, at)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			testStore(t, conn.Store)
		})
	}
}

func testStore(t *testing.T, store secretsync.Store) {
	ctx := t.Context()
	checkNames(t, store)
	secrets := []prefect.NamedValue{named("a", "1"), named("b", "2"), named("c", "3")}
	if n := store.BatchLen(secrets); n < 1 {
		t.Errorf("a batch of %d", n)
	}
	asked := 0
	ask := func(send func() error) error { asked++; return send() }
	checkResults(t, store.SetSecrets(ctx, secrets, ask), "a", "b", "c")
	if asked == 0 {
		t.Error("nothing went through ask")
	}
	checkNames(t, store, "a", "b", "c")
	found, err := store.GetOverview(ctx, []string{"a", "missing"})
	slices.Sort(found.Names)
	if err != nil || !slices.Equal(found.Names, []string{"a", "b", "c"}) {
		t.Errorf("%q, %v", found.Names, err)
	}
	checkResults(t, store.SetSecrets(ctx, []prefect.NamedValue{named("b", "other")}, ask), "b")
	checkResults(t, store.DeleteSecrets(ctx, []string{"a", "missing"}, ask), "a", "missing")
	checkNames(t, store, "b", "c")

	refuse := func(func() error) error { return context.Canceled }
	for _, result := range append(store.SetSecrets(ctx, secrets[:1], refuse), store.DeleteSecrets(ctx, []string{"b"}, refuse)...) {
		if result.Err == nil {
			t.Errorf("%s succeeded, and nothing was sent", result.Name)
		}
	}
	checkNames(t, store, "b", "c")
	testRun(t, store)
}

// testRun runs a sync, and then a second one of the same values.
func testRun(t *testing.T, store secretsync.Store) {
	source, err := secretsync.ParseSecrets("s", []byte(`{"b": "123456", "new": "{\"k\": [1]}"}`))
	if err != nil {
		t.Fatal(err)
	}
	run := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: store}
	done, err := run.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report := done.Tenants[0].Report
	if report.Err != nil || report.Count(secretsync.Created) != 1 || report.Count(secretsync.Overwritten) != 1 || report.Verified.Present != 2 {
		t.Errorf("%v: %+v", report.Err, report.Actions)
	}
	if done, err = run.Sync(t.Context()); err != nil || done.Tenants[0].Report.Count(secretsync.Unchanged) != 2 {
		t.Errorf("%v: %+v", err, done)
	}
	checkNames(t, store, "b", "c", "new")
}

func named(name, text string) prefect.NamedValue {
	return prefect.NamedValue{Name: name, Value: prefect.TextValue(text)}
}

func checkNames(t *testing.T, store secretsync.Store, want ...string) {
	t.Helper()
	names, err := store.ListSecrets(t.Context())
	slices.Sort(names)
	if diff := cmp.Diff(append([]string{}, want...), append([]string{}, names...)); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func checkResults(t *testing.T, results []prefect.MutationResult, names ...string) {
	t.Helper()
	for i, result := range results {
		if result.Err != nil || result.Name != names[i] {
			t.Errorf("%+v, want %s", result, names[i])
		}
	}
	if len(results) != len(names) {
		t.Errorf("%d results, want %d", len(results), len(names))
	}
}
