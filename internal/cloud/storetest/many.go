package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// inParallel runs n functions at once and fails with their errors.
func inParallel(t *testing.T, n int, run func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := run(i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// testDistinctWriters: who writes another name loses nothing to anybody.
func testDistinctWriters(t *testing.T, c *checker) {
	const writers, rounds = 16, 5
	inParallel(t, writers, func(w int) error {
		for r := range rounds {
			if _, err := c.Set(t.Context(), tenantA, fmt.Sprintf("name/%02d", w), json.RawMessage(fmt.Sprint(r)), "ci", false); err != nil {
				return err
			}
		}
		return nil
	})
	for w := range writers {
		name := fmt.Sprintf("name/%02d", w)
		c.checkValue(tenantA, name, fmt.Sprint(rounds-1))
		if v := c.version(tenantA, name); v != rounds {
			t.Errorf("%s has version %d, want %d", name, v, rounds)
		}
	}
}

// testSameName: the versions of a name that many write count every write.
func testSameName(t *testing.T, c *checker) {
	const writers, rounds = 8, 5
	inParallel(t, writers, func(w int) error {
		for r := range rounds {
			if _, err := c.Set(t.Context(), tenantA, "x", json.RawMessage(fmt.Sprintf(`"%d.%d"`, w, r)), "ci", false); err != nil {
				return err
			}
		}
		return nil
	})
	if v := c.version(tenantA, "x"); v != writers*rounds {
		t.Errorf("version %d after %d writes", v, writers*rounds)
	}
}

// testCompareRace: of many that set the same value at once, one changes it.
func testCompareRace(t *testing.T, c *checker) {
	var changes atomic.Int32
	inParallel(t, 8, func(int) error {
		changed, err := c.Set(t.Context(), tenantA, "x", json.RawMessage(`"same"`), "ci", true)
		if changed {
			changes.Add(1)
		}
		return err
	})
	if n, v := changes.Load(), c.version(tenantA, "x"); n != 1 || v != 1 {
		t.Errorf("%d of the writers changed the value, version %d", n, v)
	}
}

// testCancelledMidway: writes that are cancelled while others are under way end
// with the context's error or succeed. What was acknowledged is covered only by
// later writes; one that was cancelled may still happen late.
func testCancelledMidway(t *testing.T, c *checker) {
	inParallel(t, 8, func(w int) error {
		name, acknowledged := fmt.Sprint("name", w), 0
		for r := 1; r <= 10; r++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(2000))*time.Microsecond)
			_, err := c.Set(ctx, tenantA, name, json.RawMessage(fmt.Sprint(r)), "ci", false)
			cancel()
			if errors.Is(err, context.DeadlineExceeded) {
				continue
			}
			got, getErr := c.Get(t.Context(), tenantA, name)
			if err := errors.Join(err, getErr); err != nil {
				return err
			}
			if n, err := strconv.Atoi(string(got)); err != nil || n <= acknowledged || n > r {
				return fmt.Errorf("%s is %s after %d was acknowledged", name, got, r)
			}
			acknowledged = r
		}
		return nil
	})
	c.set(tenantA, "last", `"after"`, false)
	c.checkValue(tenantA, "last", `"after"`)
}

// manyNames is how many names are listed at once.
const manyNames = 10_000

// testManyNames lists as many names as teams have, written by many at once.
func (o options) testManyNames(t *testing.T, c *checker) {
	const writers = 100
	want := make([]string, manyNames)
	for i := range want {
		want[i] = fmt.Sprintf("team_%d/NAME_%05d", i%7, (i*7919)%manyNames)
	}
	inParallel(t, writers, func(w int) error {
		for i := w; i < len(want); i += writers {
			if _, err := c.Set(t.Context(), tenantA, want[i], json.RawMessage(`1`), "ci", false); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Sort(want)
	c.checkNames(tenantA, slices.Compact(want)...)
}

// testRandomNames makes names of pieces that mean something to paths, URLs,
// globs and databases. Each must be itself and no other.
func testRandomNames(t *testing.T, c *checker) {
	pieces := []string{"/", "..", ".", "%", "%2f", "%00", "\x00", "\n", " ", "a", "A", "ä", "a\u0308", "🔑", `\`, "*", "?", "#", "+", "~", "data", tenantB, "\u202e", "=", "_"}
	random, values := rand.New(rand.NewPCG(7, 7)), map[string]string{}
	for len(values) < 200 {
		var name strings.Builder
		for range 1 + random.IntN(8) {
			if piece := pieces[random.IntN(len(pieces))]; name.Len()+len(piece) <= 255 {
				name.WriteString(piece)
			}
		}
		values[name.String()] = fmt.Sprint(len(values))
	}
	for name, value := range values {
		c.set(tenantA, name, value, false)
	}
	want := make([]string, 0, len(values))
	for name, value := range values {
		want = append(want, name)
		c.checkValue(tenantA, name, value)
		c.checkMissing(tenantB, name)
	}
	slices.Sort(want)
	c.checkNames(tenantA, want...)
	c.checkNames(tenantB)
}

// testReopen holds a durable store to what it kept before.
func (o options) testReopen(t *testing.T, c *checker) {
	for _, n := range names {
		c.set(tenantA, n, `"kept"`, false)
	}
	c.set(tenantA, "gone", `1`, false)
	c.must("Delete", c.Delete(t.Context(), tenantA, "gone"))
	before, err := c.Info(t.Context(), tenantA, names...)
	c.must("Info", err)
	again := &checker{t, o.reopen(t, c.Store)}
	again.checkNames(tenantA, slices.Sorted(slices.Values(names))...)
	after, err := again.Info(t.Context(), tenantA, names...)
	again.must("Info", err)
	for _, n := range names {
		again.checkValue(tenantA, n, `"kept"`)
		if before[n] != after[n] {
			t.Errorf("info of %q is %+v, was %+v", n, after[n], before[n])
		}
	}
	again.set(tenantA, "a", `"more"`, false)
	if v := again.version(tenantA, "a"); v != 2 {
		t.Errorf("version %d after a write before and one after", v)
	}
}

// options are what a store's test asks of the suite.
type options struct {
	reopen func(t *testing.T, store cloud.Store) cloud.Store
}

// Option changes what [Run] does.
type Option func(*options)

// WithReopen tests a durable store: reopen closes a store and opens it again, with
// what it kept.
func WithReopen(reopen func(t *testing.T, store cloud.Store) cloud.Store) Option {
	return func(o *options) { o.reopen = reopen }
}
