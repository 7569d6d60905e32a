package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// inParallel calls run n times concurrently and reports the errors.
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

// testDistinctWriters checks that writers of different names do not disturb one
// another.
func testDistinctWriters(t *testing.T, c *checker) {
	const writers, rounds = 16, 5
	inParallel(t, writers, func(w int) error {
		for r := range rounds {
			if _, err := c.Set(t.Context(), c.tenantA, fmt.Sprintf("name/%02d", w), json.RawMessage(fmt.Sprint(r)), "ci", false); err != nil {
				return err
			}
		}
		return nil
	})
	for w := range writers {
		name := fmt.Sprintf("name/%02d", w)
		c.checkValue(c.tenantA, name, fmt.Sprint(rounds-1))
		if v := c.version(c.tenantA, name); v != rounds {
			t.Errorf("%s has version %d, want %d", name, v, rounds)
		}
	}
}

// testSameName checks that the versions of a name count every write of many writers.
func testSameName(t *testing.T, c *checker) {
	const writers, rounds = 8, 5
	inParallel(t, writers, func(w int) error {
		for r := range rounds {
			if _, err := c.Set(t.Context(), c.tenantA, "x", json.RawMessage(fmt.Sprintf(`"%d.%d"`, w, r)), "ci", false); err != nil {
				return err
			}
		}
		return nil
	})
	if v := c.version(c.tenantA, "x"); v != writers*rounds {
		t.Errorf("version %d after %d writes", v, writers*rounds)
	}
}

// testCompareRace checks that of many concurrent writers of one value, only one
// changes it.
func testCompareRace(t *testing.T, c *checker) {
	var changes atomic.Int32
	inParallel(t, 8, func(int) error {
		changed, err := c.Set(t.Context(), c.tenantA, "x", json.RawMessage(`"same"`), "ci", true)
		if changed {
			changes.Add(1)
		}
		return err
	})
	if n, v := changes.Load(), c.version(c.tenantA, "x"); n != 1 || v != 1 {
		t.Errorf("%d of the writers changed the value, version %d", n, v)
	}
}

// testCancelledMidway checks that writes that are cancelled during others fail with
// the context's error or succeed. An acknowledged write can be overwritten only by
// later ones; a cancelled one may still happen late.
func testCancelledMidway(t *testing.T, c *checker) {
	inParallel(t, 8, func(w int) error {
		name, acknowledged := fmt.Sprint("name", w), 0
		for r := 1; r <= 10; r++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(2000))*time.Microsecond)
			_, err := c.Set(ctx, c.tenantA, name, json.RawMessage(fmt.Sprint(r)), "ci", false)
			cancel()
			if errors.Is(err, context.DeadlineExceeded) {
				continue
			}
			got, getErr := c.Get(t.Context(), c.tenantA, name)
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
	c.set(c.tenantA, "last", `"after"`, false)
	c.checkValue(c.tenantA, "last", `"after"`)
}

// testConcurrency writes values whose halves must agree, from several writers.
func testConcurrency(t *testing.T, c *checker) {
	const writers, rounds = 8, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range rounds {
				half := strings.Repeat(fmt.Sprint(w), 1000)
				_, err := c.Set(t.Context(), c.tenantA, "shared", json.RawMessage(`"`+half+half+`"`),
					"ci", w%2 == 0)
				value, getErr := c.Get(t.Context(), c.tenantA, "shared")
				_, namesErr := c.Names(t.Context(), c.tenantA)
				if err := errors.Join(err, getErr, namesErr); err != nil {
					t.Error(err)
					return
				}
				if inner := bytes.Trim(value, `"`); !bytes.Equal(inner[:1000], inner[1000:]) {
					t.Error("a reader saw half of a write")
				}
			}
		})
	}
	wg.Wait()
	c.checkNames(c.tenantA, "shared")
}
