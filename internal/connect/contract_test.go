package connect_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// fakeServer is a fake of a kind of store.
type fakeServer struct {
	handler  http.Handler
	inject   func(faults.Match, faults.Fault)
	get      func(name string) (value string, ok bool) // its JSON
	names    func() []string
	write    string         // the field of a call that writes a new name
	refusals []faults.Fault // of one secret
	key      string
	wrongKey string
	role     prefect.Role // of the key
	at       connect.Place
}

const authString = "admin:contract-password"

func newFakes(t *testing.T) map[*storekind.Kind]fakeServer {
	one, two := testkit.New(t), blockstest.New()
	two.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(authString))
	return map[*storekind.Kind]fakeServer{
		storekind.Default: {
			one.Handler(), func(m faults.Match, f faults.Fault) { one.Inject(m, f) },
			func(name string) (string, bool) { raw, ok := one.Get(name); return string(raw), ok }, one.Names,
			"setSecret", []faults.Fault{{Code: "BAD_USER_INPUT", Message: "no"}, {Status: http.StatusBadRequest}},
			testkit.AdminKey, "wrong", prefect.RoleAdmin, connect.Place{},
		},
		storekind.Blocks: {
			two, two.Inject, two.Get, two.Names,
			blockstest.Create, []faults.Fault{{Status: http.StatusUnprocessableEntity}, {Status: http.StatusBadRequest}},
			authString, "admin:wrong", "", connect.Place{Kind: storekind.Blocks.Name, Settings: map[string]string{"reader": "3"}},
		},
	}
}

// start starts the server, and returns the URL of its API.
func (f fakeServer) start(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(f.handler)
	t.Cleanup(server.Close)
	if f.at.Kind != "" {
		return server.URL + "/api"
	}
	return server.URL
}

// open opens the store at a URL with a key.
func (f fakeServer) open(t *testing.T, url, key string) secretsync.Store {
	t.Helper()
	f.at.URL = url
	conn, err := connect.Open(connect.Options{
		Timeout: time.Minute, APIKey: prefect.TextValue(key), Getenv: func(string) string { return "" },
	}, f.at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.Store
}

// eachKind runs a test with a new fake of each kind.
func eachKind(t *testing.T, test func(t *testing.T, fake fakeServer, store secretsync.Store)) {
	for _, kind := range storekind.All {
		t.Run(kind.Name, func(t *testing.T) {
			fake := newFakes(t)[kind]
			test(t, fake, fake.open(t, fake.start(t), fake.key))
		})
	}
}

// TestEveryKindIsAStore runs what package sync asks of a store against each kind.
func TestEveryKindIsAStore(t *testing.T) {
	eachKind(t, func(t *testing.T, fake fakeServer, store secretsync.Store) {
		testStore(t, store)
		found, err := store.GetOverview(t.Context(), []string{"b"})
		if err != nil || found.Role != fake.role || len(found.Unreachable) > 0 {
			t.Errorf("%+v, %v; want the role %q", found.Access, err, fake.role)
		}
	})
}

// TestEveryKindKeepsValues compares what is stored with what was sent, of a new name and
// of one that has another value or the same.
func TestEveryKindKeepsValues(t *testing.T) {
	odd := []string{
		"", " ", " x ", "\n", "a\r\nb\tc", "123456", "1e400", "true", "null", "NaN", `"quoted"`, `{"k": [1, 2.0]}`, "{",
		`\`, "\x00", "\u007f", "ü日😀", "\ufeff", "\u2028", "<&>", "'", "a=b", strings.Repeat("long", 10_000),
	}
	eachKind(t, func(t *testing.T, fake fakeServer, store secretsync.Store) {
		var secrets []prefect.NamedValue
		for i, text := range odd {
			secrets = append(secrets, named(fmt.Sprintf("odd-%d", i), text))
		}
		for _, shift := range []int{0, 0, 1} {
			for i := range secrets {
				secrets[i].Value = prefect.TextValue(odd[(i+shift)%len(odd)])
			}
			for _, result := range store.SetSecrets(t.Context(), secrets, nil) {
				if result.Err != nil {
					t.Errorf("%s: %v", result.Name, result.Err)
				}
			}
			for _, s := range secrets {
				checkValue(t, fake, s)
			}
		}
	})
}

// TestEveryKindWritesTheOthers writes and deletes several names of which one is refused:
// alone, or with all that is in its request.
func TestEveryKindWritesTheOthers(t *testing.T) {
	for _, kind := range storekind.All {
		for i := range newFakes(t)[kind].refusals {
			t.Run(fmt.Sprint(kind.Name, " ", i), func(t *testing.T) {
				fake := newFakes(t)[kind]
				store := fake.open(t, fake.start(t), fake.key)
				secrets := []prefect.NamedValue{named("a", "1"), named("bad", "2"), named("c", "3")}
				fake.inject(faults.Match{Field: fake.write, Secret: "bad"}, fake.refusals[i])
				results := store.SetSecrets(t.Context(), secrets, nil)
				if len(results) != len(secrets) {
					t.Fatalf("%d results", len(results))
				}
				for i, result := range results {
					if refused := result.Name == "bad"; result.Name != secrets[i].Name || refused != (result.Err != nil) {
						t.Errorf("%s: %+v", secrets[i].Name, result)
					}
				}
				checkNames(t, store, "a", "c")
				checkValue(t, fake, secrets[0])
				checkValue(t, fake, secrets[2])
				checkResults(t, store.DeleteSecrets(t.Context(), []string{"bad", "c", "never"}, nil), "bad", "c", "never")
				checkNames(t, store, "a")
			})
		}
	}
}

// TestEveryKindHasOtherWriters deletes and overwrites names that another client has
// deleted, and writes one that it has created, since the store listed them.
func TestEveryKindHasOtherWriters(t *testing.T) {
	for _, kind := range storekind.All {
		t.Run(kind.Name, func(t *testing.T) {
			fake := newFakes(t)[kind]
			url := fake.start(t)
			store, other := fake.open(t, url, fake.key), fake.open(t, url, fake.key)
			checkResults(t, store.SetSecrets(t.Context(), []prefect.NamedValue{named("a", "1"), named("b", "2")}, nil), "a", "b")
			checkNames(t, store, "a", "b")
			checkResults(t, other.DeleteSecrets(t.Context(), []string{"a", "b"}, nil), "a", "b")
			checkResults(t, other.SetSecrets(t.Context(), []prefect.NamedValue{named("c", "theirs")}, nil), "c")

			checkResults(t, store.DeleteSecrets(t.Context(), []string{"a"}, nil), "a")
			mine := []prefect.NamedValue{named("b", "3"), named("c", "mine")}
			checkResults(t, store.SetSecrets(t.Context(), mine, nil), "b", "c")
			checkNames(t, other, "b", "c")
			checkValue(t, fake, mine[0])
			checkValue(t, fake, mine[1])
		})
	}
}

// TestEveryKindRefusesStrangers checks that no call succeeds with a wrong key, or at the
// URL of another kind of store, and that nothing is written or deleted.
func TestEveryKindRefusesStrangers(t *testing.T) {
	for _, kind := range storekind.All {
		for _, other := range storekind.All {
			t.Run(kind.Name+" at "+other.Name, func(t *testing.T) {
				fakes := newFakes(t)
				server, key := fakes[other], fakes[kind].key
				if kind == other {
					key = server.wrongKey
				}
				url := server.start(t)
				owner := server.open(t, url, server.key)
				checkResults(t, owner.SetSecrets(t.Context(), []prefect.NamedValue{named("kept", "1")}, nil), "kept")
				checkFails(t, t.Context(), fakes[kind].open(t, url, key), kind == other)
				if names := server.names(); !slices.Equal(names, []string{"kept"}) {
					t.Errorf("there are %q", names)
				}
				checkValue(t, server, named("kept", "1"))
			})
		}
	}
}

// checkFails checks that every call of a store fails; with unauthenticated, as for a
// wrong key.
func checkFails(t *testing.T, ctx context.Context, store secretsync.Store, unauthenticated bool) {
	t.Helper()
	_, listed := store.ListSecrets(ctx)
	_, looked := store.GetOverview(ctx, []string{"kept"})
	written := store.SetSecrets(ctx, []prefect.NamedValue{named("kept", "other"), named("new", "x")}, nil)
	deleted := store.DeleteSecrets(ctx, []string{"kept"}, nil)
	if len(written) != 2 || len(deleted) != 1 {
		t.Fatalf("%d and %d results", len(written), len(deleted))
	}
	for call, err := range map[string]error{
		"list": listed, "overview": looked, "overwrite": written[0].Err, "create": written[1].Err, "delete": deleted[0].Err,
	} {
		if err == nil || unauthenticated && !errors.Is(err, prefect.ErrUnauthenticated) {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// checkValue checks the string that a fake has.
func checkValue(t *testing.T, fake fakeServer, want prefect.NamedValue) {
	t.Helper()
	raw, _ := fake.get(want.Name)
	var got string
	if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want.Value.RevealText() {
		t.Errorf("%s is %.80q, want %.80q: %v", want.Name, raw, want.Value.RevealText(), err)
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
