package groupcommit_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/groupcommit"
)

// A change is answered once its group is committed.
type change struct {
	writer int
	done   chan struct{}
}

// startWriters starts writers that each write again so long after their last change was
// committed, so many times.
func startWriters(t *testing.T, q *groupcommit.Queue[change], writers, times int, after time.Duration) {
	for writer := range writers {
		go func() {
			for i := range times {
				if i > 0 {
					time.Sleep(after)
				}
				c := change{writer, make(chan struct{})}
				if q.Add(t.Context(), c) != nil {
					return // the test has ended
				}
				<-c.done
			}
		}()
	}
}

// commit takes so many groups, and so long for each, and returns their lengths and the
// time from one to the next.
func commit(q *groupcommit.Queue[change], groups int, took time.Duration) (lengths []int, gaps []time.Duration) {
	for range groups {
		start := time.Now()
		group := q.Next()
		lengths, gaps = append(lengths, len(group)), append(gaps, time.Since(start))
		time.Sleep(took)
		q.Committed()
		for _, c := range group {
			close(c.done)
		}
	}
	return lengths, gaps
}

// Writers that come back soon after a commit share the next one, all of them, even if
// half of them began while the others' changes were committed.
func TestWritersShareCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := groupcommit.New[change](256)
		startWriters(t, q, 8, 10, time.Millisecond)
		synctest.Wait()
		time.AfterFunc(5*time.Millisecond, func() { startWriters(t, q, 8, 9, time.Millisecond) })
		lengths, _ := commit(q, 10, 10*time.Millisecond)
		if want := append([]int{8}, slices.Repeat([]int{16}, 9)...); !slices.Equal(lengths, want) {
			t.Errorf("groups of %v, want %v", lengths, want)
		}
	})
}

// A lone writer never waits for others.
func TestLoneWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := groupcommit.New[change](256)
		startWriters(t, q, 1, 5, time.Millisecond)
		lengths, gaps := commit(q, 5, 10*time.Millisecond)
		if slices.Max(lengths) != 1 || slices.Max(gaps) > time.Millisecond {
			t.Errorf("groups of %v after %v, want 1 each, as soon as it comes", lengths, gaps)
		}
	})
}

// A group waits for writers that do not come back only once: for at most what the last
// commit took, or half of that after many changes, and never more than 5 ms.
func TestWritersThatLeave(t *testing.T) {
	for _, c := range []struct {
		leaving    int
		took, want time.Duration
	}{
		{31, 4 * time.Millisecond, 4 * time.Millisecond},
		{32, 4 * time.Millisecond, 2 * time.Millisecond},
		{8, time.Second, 5 * time.Millisecond},
		{100, time.Second, 5 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			q := groupcommit.New[change](256)
			startWriters(t, q, c.leaving, 1, 0)
			startWriters(t, q, 1, 4, 0)
			synctest.Wait()
			lengths, gaps := commit(q, 4, c.took)
			if !slices.Equal(lengths, []int{c.leaving + 1, 1, 1, 1}) || !slices.Equal(gaps, []time.Duration{0, c.want, 0, 0}) {
				t.Errorf("%d leave after commits of %v: groups of %v after %v, want one wait of %v",
					c.leaving, c.took, lengths, gaps, c.want)
			}
		})
	}
}

// Goroutines that begin to write at the same time share the first commit, nearly always.
func TestWritersThatBeginTogether(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that none of them runs before Next gets the first change
	const tries, writers = 20, 10
	shared := 0
	for range tries {
		q := groupcommit.New[change](256)
		first := make(chan []change)
		go func() { first <- q.Next() }()
		runtime.Gosched() // until Next waits
		startWriters(t, q, writers, 1, 0)
		group := <-first
		shared += len(group)
		for _, c := range group {
			close(c.done)
		}
		q.Close()
	}
	if shared < tries*writers/2 {
		t.Errorf("first groups of %d together, want nearly %d", shared, tries*writers)
	}
}

// A writer that comes after a pause does not wait for those of before the pause.
func TestAfterPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := groupcommit.New[change](256)
		startWriters(t, q, 8, 1, 0)
		synctest.Wait()
		commit(q, 1, 10*time.Millisecond)
		const pause = time.Minute
		time.AfterFunc(pause, func() { startWriters(t, q, 1, 1, 0) })
		lengths, gaps := commit(q, 1, 0)
		if lengths[0] != 1 || gaps[0] != pause {
			t.Errorf("a group of %d after %v, want 1 after %v", lengths[0], gaps[0], pause)
		}
	})
}

// No group is longer than the limit.
func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := groupcommit.New[change](4)
		startWriters(t, q, 10, 1, 0)
		synctest.Wait()
		if lengths, _ := commit(q, 3, time.Millisecond); !slices.Equal(lengths, []int{4, 4, 2}) {
			t.Errorf("groups of %v, want 4, 4, 2", lengths)
		}
	})
}

func TestClose(t *testing.T) {
	q := groupcommit.New[int](4)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Add(cancelled, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Add with a cancelled context: %v", err)
	}
	if !q.Close() || q.Close() {
		t.Error("only the first Close is the first")
	}
	if err := q.Add(t.Context(), 1); !errors.Is(err, groupcommit.ErrClosed) {
		t.Errorf("Add after Close: %v", err)
	}
	if group := q.Next(); group != nil {
		t.Errorf("Next after Close: %v", group)
	}
}
