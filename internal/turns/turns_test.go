package turns

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// served records keys in the order in which they were served.
type served struct {
	mu   sync.Mutex
	keys []string
}

func (s *served) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
}

func (s *served) check(t *testing.T, keys ...string) {
	t.Helper()
	synctest.Wait()
	if !slices.Equal(s.keys, keys) {
		t.Errorf("served %v, want %v", s.keys, keys)
	}
}

// startTake takes units in a goroutine. If release is not nil, it releases them when that
// is closed.
func (s *served) startTake(t *testing.T, p *Pool, key string, units int64, release <-chan struct{}) *Claim {
	c := p.Claim(key)
	go func() {
		if c.Take(t.Context(), units) == nil {
			s.add(key)
		}
		if release != nil {
			<-release
			c.Release()
		}
	}()
	synctest.Wait()
	return &c
}

func TestKeysAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 1})
		holder := p.Claim("a")
		if !holder.Try(1) {
			t.Fatal("nothing to take from an unused pool")
		}
		release := make(chan struct{})
		for _, key := range []string{"a", "a", "a", "b", "c", "b"} {
			log.startTake(t, p, key, 1, release)
		}
		holder.Release()
		close(release)
		log.check(t, "a", "b", "c", "a", "b", "a")
		if used, waiting := p.Used(); used != 0 || waiting != 0 || len(p.queues) != 0 {
			t.Errorf("%d units are used, %d wait, %d keys have queues", used, waiting, len(p.queues))
		}
	})
}

// A key alone may hold everything without a limit per key. A claim that waits for that
// limit delays no other key.
func TestPerKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		unlimited := New(Config{Size: 8})
		for i := range 8 {
			if c := unlimited.Claim("a"); !c.Try(1) {
				t.Errorf("a key alone got %d of 8", i)
			}
		}
		var log served
		p := New(Config{Size: 8, PerKey: 4})
		first := p.Claim("a")
		if !first.Try(4) {
			t.Fatal("a key did not get its half")
		}
		log.startTake(t, p, "a", 1, nil)
		log.startTake(t, p, "b", 4, nil)
		log.check(t, "b")
		first.Release()
		log.check(t, "b", "a")
	})
}

// Units that the next in turn waits for are not given to a claim that needs fewer.
func TestLargeIsNotOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 8})
		first := p.Claim("a")
		first.Try(4)
		log.startTake(t, p, "b", 6, nil)
		log.startTake(t, p, "c", 1, nil)
		if c := p.Claim("d"); c.Try(1) {
			t.Error("d passed b")
		}
		log.check(t)
		first.Release()
		synctest.Wait()
		slices.Sort(log.keys) // both are served at once
		log.check(t, "b", "c")
	})
}

func TestCancelledWaiterLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 4})
		holder, waiter := p.Claim("a"), p.Claim("b")
		holder.Try(2)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- waiter.Take(ctx, 4) }()
		synctest.Wait()
		log.startTake(t, p, "c", 1, nil)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		log.check(t, "c")
		if used, waiting := p.Used(); used != 3 || waiting != 0 {
			t.Errorf("%d units are used, %d wait", used, waiting)
		}
	})
}

// Claims that hold units and wait for more all end. No more units than the size are
// held, besides those of the one overdraft.
func TestGrowingClaimsAllEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, perClaim = 100, 90
		p := New(Config{Size: size, PerKey: size / 2, Overdraft: true})
		var mu sync.Mutex
		taken, most := map[*Claim]int64{}, int64(0)
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				c := p.Claim(fmt.Sprint("key", i%3))
				for range perClaim / 10 {
					if err := c.Take(t.Context(), 10); err != nil {
						t.Error(err)
					}
					mu.Lock()
					taken[&c] += 10
					sum := int64(0)
					for _, n := range taken {
						sum += n
					}
					most = max(most, sum)
					mu.Unlock()
				}
				mu.Lock()
				delete(taken, &c)
				mu.Unlock()
				c.Release()
			})
		}
		wg.Wait() // synctest fails the test on a deadlock
		if most > size+perClaim {
			t.Errorf("%d units were held at once", most)
		}
		if used, waiting := p.Used(); used != 0 || waiting != 0 || len(p.queues) != 0 {
			t.Errorf("%d units are used, %d wait, %d keys have queues", used, waiting, len(p.queues))
		}
	})
}

// The overdraft is given in turn by key, too.
func TestOverdraftIsInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 10, PerKey: 5, Overdraft: true})
		first := log.startTake(t, p, "a", 50, nil)
		second := log.startTake(t, p, "a", 50, nil)
		third := log.startTake(t, p, "b", 50, nil)
		log.startTake(t, p, "a", 50, nil)
		log.check(t, "a")
		if !first.Try(1000) {
			t.Error("the claim with the overdraft had to wait")
		}
		for _, c := range []*Claim{first, second, third} {
			c.Release()
			synctest.Wait()
		}
		log.check(t, "a", "a", "b", "a")
	})
}

// Whatever claims do, in any order, what is counted is what they hold.
func TestCountsAreKept(t *testing.T) {
	p := New(Config{Size: 50, PerKey: 30, Overdraft: true})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := p.Claim(fmt.Sprint(i % 4))
			for range 2000 {
				ctx, cancel := context.WithCancel(t.Context())
				if rand.IntN(3) == 0 {
					cancel()
				}
				_ = c.Take(ctx, rand.Int64N(40))
				cancel()
				if rand.IntN(2) == 0 {
					c.Release()
				}
			}
			c.Release()
		})
	}
	wg.Wait()
	if used, waiting := p.Used(); used != 0 || waiting != 0 || len(p.queues) != 0 || p.overdrawn != nil {
		t.Errorf("%d units are used, %d wait, %d keys have queues", used, waiting, len(p.queues))
	}
}

func BenchmarkTake(b *testing.B) {
	p := New(Config{Size: 8, PerKey: 8})
	b.ReportAllocs()
	for b.Loop() {
		c := p.Claim("a")
		_ = c.Take(b.Context(), 1)
		c.Release()
	}
}
