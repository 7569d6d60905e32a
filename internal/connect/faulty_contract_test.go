package connect_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// faultyServer is a fake of a kind of store.
type faultyServer struct {
	handler http.Handler
	inject  func(faults.Match, faults.Fault)
	write   string // the field of a call that writes a new name
	key     string
	at      connect.Place
}

func faultyServers(t *testing.T) map[*storekind.Kind]faultyServer {
	one, two := testkit.New(t), blockstest.New()
	inject := func(m faults.Match, f faults.Fault) { one.Inject(m, f) }
	return map[*storekind.Kind]faultyServer{
		storekind.Default: {one.Handler(), inject, "setSecret", testkit.AdminKey, connect.Place{}},
		storekind.Blocks:  {two, two.Inject, blockstest.Create, "", connect.Place{Kind: storekind.Blocks.Name, Settings: map[string]string{"reader": "3"}}},
	}
}

func (f faultyServer) open(t *testing.T) secretsync.Store {
	t.Helper()
	server := httptest.NewServer(f.handler)
	t.Cleanup(server.Close)
	f.at.URL = server.URL
	if f.at.Kind != "" {
		f.at.URL += "/api"
	}
	conn, err := connect.Open(connect.Options{
		Timeout: time.Minute, APIKey: prefect.TextValue(f.key), Getenv: func(string) string { return "" },
	}, f.at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.Store
}

// TestEveryKindMeetsFaults checks that a sync over each kind stores every secret although
// the first write fails in a way that may pass.
func TestEveryKindMeetsFaults(t *testing.T) {
	temporary := map[string]faults.Fault{
		"lost reply": faults.ReplyLost(), "unavailable": faults.Unavailable(), "rate limit": faults.RateLimited(time.Second),
		"half a reply": {Truncate: true}, "dropped": {Drop: true},
	}
	for _, kind := range storekind.All {
		for name, fault := range temporary {
			t.Run(kind.Name+"/"+name, func(t *testing.T) {
				server := faultyServers(t)[kind]
				store := server.open(t)
				server.inject(faults.Match{Field: server.write, Times: 1}, fault)
				source, err := secretsync.ParseSecrets("s", []byte(`{"a": "123", "b": " x\u0000ü ", "c": "{\"k\": [1]}"}`))
				if err != nil {
					t.Fatal(err)
				}
				done, err := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: store}.Sync(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if report := done.Tenants[0].Report; report.Err != nil || report.Verified.Present != 3 {
					t.Errorf("%v: %+v", report.Err, report.Actions)
				}
				checkNames(t, store, "a", "b", "c")
			})
		}
	}
}

// TestEveryKindIsCancelled checks that no call succeeds in a context that has ended, and
// that nothing is written.
func TestEveryKindIsCancelled(t *testing.T) {
	for _, kind := range storekind.All {
		t.Run(kind.Name, func(t *testing.T) {
			store := faultyServers(t)[kind].open(t)
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			ask := func(send func() error) error { return send() }
			results := store.SetSecrets(ended, []prefect.NamedValue{named("a", "1")}, ask)
			for _, result := range slices.Concat(results, store.DeleteSecrets(ended, []string{"a"}, ask)) {
				if result.Err == nil {
					t.Errorf("%s succeeded", result.Name)
				}
			}
			if _, err := store.ListSecrets(ended); err == nil {
				t.Error("a list succeeded")
			}
			checkNames(t, store)
		})
	}
}
