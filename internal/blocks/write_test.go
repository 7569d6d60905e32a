package blocks_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// fieldsOf returns what the calls did, in their order.
func fieldsOf(calls []faults.Call) (fields []string) {
	for _, c := range calls {
		fields = append(fields, c.Field)
	}
	return fields
}

func TestRequestsOfAWrite(t *testing.T) {
	const create, overwrite, remove, list = blockstest.Create, blockstest.Overwrite, blockstest.Delete, blockstest.List
	found := []string{blockstest.Type, blockstest.Schemas}
	tests := map[string]struct {
		prepare func(t *testing.T, fake *blockstest.Fake, client *blocks.Client)
		remove  bool
		want    []string
	}{
		"a new one":         {nil, false, append(slices.Clone(found), create)},
		"one that is known": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) { f.Set("a", quoted("old")); mustList(t, c) }, false, []string{overwrite}},
		"one that another program created": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) { f.Set("a", quoted("old")) }, false,
			append(slices.Clone(found), create, list, overwrite)},
		"a reply was lost": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) {
			f.Inject(faults.Match{Field: create, Times: 1}, faults.Fault{Status: 503, Applied: true})
		}, false,
			append(slices.Clone(found), create, create, list, overwrite)},
		"one that went meanwhile": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) {
			f.Set("a", quoted("old"))
			mustList(t, c)
			f.Delete("a")
		}, false,
			append([]string{overwrite}, append(slices.Clone(found), create)...)},
		"one that was replaced": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) {
			f.Set("a", quoted("old"))
			mustList(t, c)
			f.Delete("a")
			f.Set("a", quoted("other"))
		}, false,
			append([]string{overwrite}, append(slices.Clone(found), create, list, overwrite)...)},
		"without the type": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) { f.NoTypes = true }, false,
			[]string{blockstest.Type, blockstest.Install, blockstest.Type, blockstest.Schemas, create}},
		"a new schema": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) {
			mustSet(t, c, secret("b", "v"))
			f.ReplaceSchema()
		}, false,
			append([]string{create, list}, append(slices.Clone(found), create)...)},
		"delete":                     {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) { f.Set("a", quoted("old")); mustList(t, c) }, true, []string{remove}},
		"delete a missing one":       {nil, true, []string{list}},
		"delete one that is unknown": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) { f.Set("a", quoted("old")) }, true, []string{list, remove}},
		"delete one that went": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) {
			f.Set("a", quoted("old"))
			mustList(t, c)
			f.Delete("a")
		}, true, []string{remove, list}},
		"delete one that was replaced": {func(t *testing.T, f *blockstest.Fake, c *blocks.Client) {
			f.Set("a", quoted("old"))
			mustList(t, c)
			f.Delete("a")
			f.Set("a", quoted("other"))
		}, true,
			[]string{remove, list, remove}},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			fake := blockstest.New()
			client := newClient(t, fake)
			if tt.prepare != nil {
				tt.prepare(t, fake, client)
			}
			before := len(fake.Calls(faults.Match{}))
			if tt.remove {
				if err := client.DeleteSecrets(t.Context(), []string{"a"}, nil)[0].Err; err != nil {
					t.Errorf("%s: %v", name, err)
				}
			} else {
				mustSet(t, client, secret("a", canary))
			}
			if diff := cmp.Diff(tt.want, fieldsOf(fake.Calls(faults.Match{})[before:])); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			value, exists := fake.Get("a")
			if exists == tt.remove || exists && value != quoted(canary) {
				t.Errorf("%s: it exists: %v", name, exists)
			}
		})
	}
}

func mustList(t *testing.T, client *blocks.Client) {
	t.Helper()
	if _, err := client.ListSecrets(t.Context()); err != nil {
		t.Error(err)
	}
}

// A plan installs nothing.
func TestAPlanChangesNothing(t *testing.T) {
	fake := blockstest.New()
	fake.NoTypes = true
	client := newClient(t, fake)
	overview, err := client.GetOverview(t.Context(), []string{"a"})
	if err != nil || len(overview.Names) != 0 {
		t.Errorf("%v: %v", err, overview.Names)
	}
	if _, err := client.Unchanged(t.Context(), []prefect.NamedValue{secret("a", canary)}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{blockstest.List, blockstest.Values, blockstest.Version}, blockstest.Fields(fake.Calls(faults.Match{}))); diff != "" {
		t.Error(diff)
	}
}

// Two programs that create and delete the same block do not keep each other busy for
// ever.
func TestAContendedBlock(t *testing.T) {
	fake := blockstest.New()
	fake.Set("a", quoted("old"))
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fake.ServeHTTP(w, r)
		if _, exists := fake.Get("a"); exists && r.URL.Path == "/api/block_documents/filter" {
			fake.Delete("a")
		} else {
			fake.Set("a", quoted("old"))
		}
	})
	err := newClient(t, h).SetSecrets(t.Context(), []prefect.NamedValue{secret("a", canary)}, nil)[0].Err
	if calls := fake.Calls(faults.Match{}); err == nil || len(calls) > 30 {
		t.Errorf("%v after %d requests", err, len(calls))
	}
}

// limitedWriters is a server whose database is busy with more than one writer.
type limitedWriters struct {
	*blockstest.Fake
	writing, most, busy atomic.Int64
	limit               int64
}

func (s *limitedWriters) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.writing.Add(1)
	defer s.writing.Add(-1)
	s.most.Store(max(s.most.Load(), n))
	time.Sleep(10 * time.Millisecond)
	if n > s.limit {
		s.busy.Add(1)
		answerJSON(http.StatusServiceUnavailable, `{"exception_message":"Service Unavailable"}`)(w, r)
		return
	}
	s.Fake.ServeHTTP(w, r)
}

// writeAtOnce writes n secrets from 16 goroutines, as sync does, and returns how long
// that takes.
func writeAtOnce(t *testing.T, client *blocks.Client, n int) time.Duration {
	began, next := time.Now(), make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for i := range next {
				mustSet(t, client, secret(fmt.Sprintf("s%d", i), canary))
			}
		})
	}
	group.Wait()
	return time.Since(began)
}

// With SQLite there is one writer nearly all the time; with another database there soon
// are more.
func TestWriters(t *testing.T) {
	for limit, want := range map[int64]struct {
		longest time.Duration // in writes, one after the other
		busy    int64
	}{
		1:  {115, 10},
		16: {45, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := &limitedWriters{Fake: blockstest.New(), limit: limit}
			took := writeAtOnce(t, newClient(t, server), 100)
			if len(server.Names()) != 100 || took > want.longest*10*time.Millisecond+time.Second || server.busy.Load() > want.busy {
				t.Errorf("%d writers: %d written in %v, %d times busy", limit, len(server.Names()), took, server.busy.Load())
			}
			if limit > 1 && server.most.Load() < 8 {
				t.Errorf("%d writers at once", server.most.Load())
			}
		})
	}
}

// Other programs write to the same SQLite all the time, so that one write succeeds every
// half minute. The run takes longer and writes everything nevertheless.
func TestBusyWithOthers(t *testing.T) {
	const count, turn = 20, 30 * time.Second
	synctest.Test(t, func(t *testing.T) {
		fake, last := blockstest.New(), time.Now()
		var mu sync.Mutex
		others := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			isWrite := r.URL.Path == "/api/block_documents/"
			if isWrite && time.Since(last) < turn {
				answerJSON(http.StatusServiceUnavailable, `{"exception_message":"Service Unavailable"}`)(w, r)
				return
			}
			if isWrite {
				last = time.Now()
			}
			fake.ServeHTTP(w, r)
		})
		source := &secretsync.Source{Label: "test"}
		for i := range count {
			source.Entries = append(source.Entries, secretsync.Entry{Name: fmt.Sprintf("A%d", i), Text: prefect.TextValue(canary)})
		}
		began := time.Now()
		out, err := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: newClient(t, others)}.Sync(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if done := out.Tenants[0].Report.Count(secretsync.Created); done != count || len(fake.Names()) != count || time.Since(began) < count*turn {
			t.Errorf("%d reported, %d written in %v", done, len(fake.Names()), time.Since(began))
		}
	})
}

// A database that is busy for a moment is not an outage; one that is busy for good is.
func TestBusyForGood(t *testing.T) {
	for _, times := range []int{5, 0} {
		synctest.Test(t, func(t *testing.T) {
			fake := blockstest.New()
			fake.Inject(faults.Match{Field: blockstest.Create, Times: times}, faults.Unavailable())
			began := time.Now()
			err := newClient(t, fake).SetSecrets(t.Context(), []prefect.NamedValue{secret("a", canary)}, nil)[0].Err
			took := time.Since(began)
			if times > 0 && err != nil || times == 0 && (!prefect.Retryable(err) || took > 65*time.Second) {
				t.Errorf("%d times: %v after %v", times, err, took)
			}
		})
	}
}

// Who waits behind requests to a server that hangs does not wait for its own to hang too.
func TestWaitingWritersMeetTheOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := blockstest.New()
		fake.Inject(faults.Match{Field: blockstest.Create}, faults.Fault{Delay: time.Hour})
		client := newClient(t, fake)
		began := time.Now()
		var done, maybe atomic.Int64
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				err := client.SetSecrets(t.Context(), []prefect.NamedValue{secret(fmt.Sprintf("s%d", i), canary)}, nil)[0].Err
				if prefect.Retryable(err) {
					done.Add(1)
				}
				if prefect.MayBeDone(err) {
					maybe.Add(1)
				}
			})
		}
		group.Wait()
		if took := time.Since(began); took > 65*time.Second || done.Load() != 16 || maybe.Load() != 2 {
			t.Errorf("%d failed, %d may be done, after %v", done.Load(), maybe.Load(), took)
		}
	})
}
