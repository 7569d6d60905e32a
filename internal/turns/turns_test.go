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

// served are keys in the order in which they were served.
type served struct {
	mu   sync.Mutex
	keys []string
}

func (s *served) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
}

func (s *served) want(t *testing.T, keys ...string) {
	t.Helper()
	synctest.Wait()
	if !slices.Equal(s.keys, keys) {
		t.Errorf("served %v, want %v", s.keys, keys)
	}
}

// take takes in a goroutine. What it took it gives back when release is closed,
// if there is one.
func (s *served) take(t *testing.T, p *Pool, key string, units int64, release <-chan struct{}) *Claim {
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
			t.Fatal("an empty pool gave nothing")
		}
		at := make(chan struct{})
		for _, key := range []string{"a", "a", "a", "b", "c", "b"} {
			log.take(t, p, key, 1, at)
		}
		holder.Release()
		close(at)
		log.want(t, "a", "b", "c", "a", "b", "a")
		if used, waiting := p.Used(); used != 0 || waiting != 0 || len(p.queues) != 0 {
			t.Errorf("%d units are used, %d wait, %d keys are known", used, waiting, len(p.queues))
		}
	})
}

// A key alone may use everything, unless there is a bound; who is held up by its
// own bound holds up nobody.
func TestMostOfOneKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := New(Config{Size: 8})
		for i := range 8 {
			if c := whole.Claim("a"); !c.Try(1) {
				t.Errorf("a key alone got %d of 8", i)
			}
		}
		var log served
		p := New(Config{Size: 8, PerKey: 4})
		first := p.Claim("a")
		if !first.Try(4) {
			t.Fatal("a key did not get its half")
		}
		log.take(t, p, "a", 1, nil)
		log.take(t, p, "b", 4, nil)
		log.want(t, "b")
		first.Release()
		log.want(t, "b", "a")
	})
}

// Room that the next in turn waits for goes to nobody who asks for less.
func TestLargeIsNotOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 8})
		first := p.Claim("a")
		first.Try(4)
		log.take(t, p, "b", 6, nil)
		log.take(t, p, "c", 1, nil)
		if c := p.Claim("d"); c.Try(1) {
			t.Error("d passed b")
		}
		log.want(t)
		first.Release()
		synctest.Wait()
		slices.Sort(log.keys) // both go on at once
		log.want(t, "b", "c")
	})
}

func TestCancelledWaiterLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 4})
		first, second := p.Claim("a"), p.Claim("b")
		first.Try(2)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- second.Take(ctx, 4) }()
		synctest.Wait()
		log.take(t, p, "c", 1, nil)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		log.want(t, "c")
		if used, waiting := p.Used(); used != 3 || waiting != 0 {
			t.Errorf("%d units are used, %d wait", used, waiting)
		}
	})
}

// Claims that grow hold parts and wait for more. All of them end, and the pool
// holds no more than its size beside the one that is ahead.
func TestGrowingClaimsAllEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, whole = 100, 90
		p := New(Config{Size: size, PerKey: size / 2, Overdraft: true})
		var mu sync.Mutex
		taken, most := map[*Claim]int64{}, int64(0)
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				c := p.Claim(fmt.Sprint("key", i%3))
				for range whole / 10 {
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
		wg.Wait() // synctest fails the test if nobody can go on
		if most > size+whole {
			t.Errorf("%d units were out at once", most)
		}
		if used, waiting := p.Used(); used != 0 || waiting != 0 || len(p.queues) != 0 {
			t.Errorf("%d units are used, %d wait, %d keys are known", used, waiting, len(p.queues))
		}
	})
}

// The one ahead is chosen in turn by key, too.
func TestAheadIsInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log served
		p := New(Config{Size: 10, PerKey: 5, Overdraft: true})
		first := log.take(t, p, "a", 50, nil)
		second := log.take(t, p, "a", 50, nil)
		third := log.take(t, p, "b", 50, nil)
		log.take(t, p, "a", 50, nil)
		log.want(t, "a")
		if !first.Try(1000) {
			t.Error("the one ahead had to wait")
		}
		for _, c := range []*Claim{first, second, third} {
			c.Release()
			synctest.Wait()
		}
		log.want(t, "a", "a", "b", "a")
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
		t.Errorf("%d units are used, %d wait, %d keys are known", used, waiting, len(p.queues))
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
