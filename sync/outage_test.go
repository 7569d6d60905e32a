package sync_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// restarting is a store that is away for a time, from its request with the number at
// on: that one is lost on the way, and connections are refused afterwards.
type restarting struct {
	store http.RoundTripper
	at    int
	away  time.Duration

	mu   sync.Mutex
	sent int
	back time.Time
}

func (r *restarting) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := r.failure(); err != nil {
		_, _ = io.Copy(io.Discard, req.Body)
		return nil, err
	}
	return r.store.RoundTrip(req)
}

func (r *restarting) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sent++; r.sent == r.at {
		r.back = time.Now().Add(r.away)
		return &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	}
	if time.Now().Before(r.back) {
		return &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	return nil
}

func (r *restarting) client(t *testing.T, key string) *prefect.Client {
	t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{URL: "http://localhost", APIKey: key, Transport: r})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// syncRestarting syncs two secrets to a store that is away for a time, and deletes a
// third.
func syncRestarting(t *testing.T, at int, away time.Duration) (r *restarting, done *secretsync.Outcome, waits []string, err error) {
	t.Helper()
	fake := testkit.New(t)
	if err := fake.AdminClient().SetSecret(t.Context(), "OLD", canary); err != nil {
		t.Fatal(err)
	}
	r = &restarting{store: cloud.Transport(fake.Handler()), at: at, away: away}
	run := secretsync.Run{
		Sources: newSources("A", canary, "B", canary), Tenants: []string{"testkit"},
		Writer: r.client(t, testkit.AdminKey), Reader: r.client(t, testkit.RunnerKey), ReaderFrom: "a file",
		Prune: secretsync.Prune{Scope: []string{"OLD"}},
		Steps: secretsync.Steps{Waiting: func(reason string) { waits = append(waits, reason) }},
	}
	done, err = run.Sync(t.Context())
	return r, done, waits, err
}

// A store that restarts for ten seconds fails no sync, whatever it was doing.
func TestARestartFailsNoSync(t *testing.T) {
	requests := 1
	for at := 0; at <= requests; at++ {
		synctest.Test(t, func(t *testing.T) {
			r, done, waits, err := syncRestarting(t, at, 10*time.Second)
			if err != nil {
				t.Fatalf("away from request %d on: %v", at, err)
			}
			if at == 0 {
				requests = r.sent
			} else if len(waits) != 1 || waits[0] != "connection reset" && waits[0] != "connection refused" { // of two requests at once, either may be first
				t.Errorf("away from request %d on: %q", at, waits)
			}
			report := done.Tenants[0].Report
			if report.Err != nil || report.Count(secretsync.Created) != 2 || report.Count(secretsync.Deleted) != 1 ||
				*report.Verified.Values != 2 || !*report.Verified.WriterRefused {
				t.Errorf("away from request %d on: %v, %+v", at, report.Err, report)
			}
		})
	}
	if requests < 8 {
		t.Errorf("a sync sent %d requests", requests)
	}
}

// A store that stays away fails the run after a minute.
func TestAStoreThatStaysAwayFailsTheSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, _, _, err := syncRestarting(t, 1, time.Hour)
		took := time.Since(began)
		if !errors.Is(err, secretsync.ErrStore) || !strings.Contains(err.Error(), "connection refused") ||
			took < time.Minute-2*time.Second || took > time.Minute+2*time.Second {
			t.Errorf("after %v: %v", took, err)
		}
	})
}
