package sync_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// traffic is what a server sees of the documents that write.
type traffic struct {
	mu        sync.Mutex
	sizes     []int // of the bodies, in bytes
	mutations []int
	underWay  int
	most      int // under way at once
}

// applyWatched applies n secrets of one value through a server that takes a second for
// each document.
func applyWatched(t *testing.T, n int, value string) *traffic {
	t.Helper()
	seen := &traffic{}
	cloud := testkit.New(t)
	h := cloud.Handler()
	store := newStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body := readBody(t, r); strings.Contains(body, "setSecret(") {
			seen.begin(body)
			defer seen.end()
			time.Sleep(time.Second)
		}
		h.ServeHTTP(w, r)
	}))
	in := newNumbered(n)
	for i := range in[0].Entries {
		in[0].Entries[i].Text = newSource("", "", value).Entries[0].Text
	}
	report := secretsync.Apply(t.Context(), store, mustPlan(t, store, secretsync.Run{Sources: in}), secretsync.ApplyOptions{})
	if report.Err != nil || report.Written() != n {
		t.Errorf("%d of %d written: %v", report.Written(), n, report.Err)
	}
	return seen
}

func (s *traffic) begin(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = append(s.sizes, len(body))
	s.mutations = append(s.mutations, strings.Count(body, "setSecret("))
	s.underWay++
	s.most = max(s.most, s.underWay)
}

func (s *traffic) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underWay--
}

// A document is at most 1 MiB long, all of it, whatever JSON does to the values.
func TestADocumentIsAMebibyteAtMost(t *testing.T) {
	for name, value := range map[string]string{
		"letters": strings.Repeat("x", 60<<10), "escaped": strings.Repeat("\n", 30<<10),
		"escaped for HTML":            strings.Repeat("<", 60<<10),
		"a hundred, all but too long": strings.Repeat("x", 10_475),
	} {
		synctest.Test(t, func(t *testing.T) {
			seen := applyWatched(t, 100, value)
			if most := slices.Max(seen.sizes); most > 1<<20 || most < 1<<18 {
				t.Errorf("%s: %d documents, of up to %d bytes", name, len(seen.sizes), most)
			}
		})
	}
}

func TestADocumentHasAHundredMutationsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := applyWatched(t, 250, canary)
		slices.Sort(seen.mutations)
		if diff := cmp.Diff([]int{50, 100, 100}, seen.mutations); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSixteenDocumentsAreUnderWayAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if seen := applyWatched(t, 2000, canary); seen.most != 16 || len(seen.sizes) != 20 {
			t.Errorf("%d of %d documents were under way at once, want 16 of 20", seen.most, len(seen.sizes))
		}
	})
}
