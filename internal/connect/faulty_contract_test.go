package connect_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// TestEveryKindMeetsFaults checks that a sync over each kind stores every secret although
// the first write fails in a way that may pass: the same values as without the fault.
func TestEveryKindMeetsFaults(t *testing.T) {
	temporary := map[string]faults.Fault{
		"lost reply": faults.ReplyLost(), "unavailable": faults.Unavailable(), "rate limit": faults.RateLimited(time.Second),
		"half a reply": {Truncate: true}, "dropped": {Drop: true},
	}
	for _, kind := range storekind.All {
		want, failed := syncThree(t, newFakes(t)[kind])
		if failed != 0 {
			t.Errorf("%s: %d requests failed without a fault", kind.Name, failed)
		}
		for name, fault := range temporary {
			t.Run(kind.Name+"/"+name, func(t *testing.T) {
				fake := newFakes(t)[kind]
				fake.inject(faults.Match{Field: fake.write, Times: 1}, fault)
				got, failed := syncThree(t, fake)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if failed == 0 {
					t.Error("nothing met the fault")
				}
			})
		}
	}
}

// syncThree syncs three secrets, and returns the JSON that is stored of each and how
// many requests failed.
func syncThree(t *testing.T, fake fakeServer) (stored map[string]string, failed int) {
	t.Helper()
	counter := &failureCounter{Handler: fake.handler}
	fake.handler = counter
	source, err := secretsync.ParseSecrets("s", []byte(`{"a": "123", "b": " x\u0000ü ", "c": "{\"k\": [1]}"}`))
	if err != nil {
		t.Fatal(err)
	}
	store := fake.open(t, fake.start(t), fake.key)
	done, err := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: store}.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if report := done.Tenants[0].Report; report.Err != nil || report.Verified.Present != 3 {
		t.Errorf("%v: %+v", report.Err, report.Actions)
	}
	checkNames(t, store, "a", "b", "c")
	stored = map[string]string{}
	for _, name := range fake.names() {
		stored[name], _ = fake.get(name)
	}
	return stored, int(counter.failed.Load())
}

// failureCounter counts requests whose answer is an error or breaks off.
type failureCounter struct {
	http.Handler
	failed atomic.Int64
}

func (c *failureCounter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &statusRecorder{ResponseWriter: w}
	defer func() {
		if broken := recover(); broken != nil {
			c.failed.Add(1)
			panic(broken)
		}
		if answer.status >= http.StatusBadRequest {
			c.failed.Add(1)
		}
	}()
	c.Handler.ServeHTTP(answer, r)
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *statusRecorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// TestEveryKindIsCancelled checks that no call succeeds in a context that has ended, and
// that nothing is written.
func TestEveryKindIsCancelled(t *testing.T) {
	eachKind(t, func(t *testing.T, _ fakeServer, store secretsync.Store) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		checkFails(t, ended, store, false)
		checkNames(t, store)
	})
}
