package graphql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// slots is a Keyed root: each push takes a second, and its key is the text before
// the first "=".
type slots struct {
	parallel int
	mu       sync.Mutex
	busy     int
	max      int
	log      map[string][]string
	leave    func() // ends the context of the operation
}

func (r *slots) Key(f *Field) string {
	key, _, _ := strings.Cut(f.Arg("s").(string), "=")
	return key
}

func (r *slots) Parallel() int { return r.parallel }

func (r *slots) push(text string) (any, error) {
	r.mu.Lock()
	r.busy++
	r.max = max(r.max, r.busy)
	r.mu.Unlock()
	key, value, _ := strings.Cut(text, "=")
	time.Sleep(time.Second / 2)
	if value == "leave" {
		r.leave()
	}
	time.Sleep(time.Second / 2)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy--
	r.log[key] = append(r.log[key], value)
	switch value {
	case "error":
		return nil, errors.New("refused")
	case "panic":
		panic("in a resolver")
	}
	return text, nil
}

// runSlots executes a mutation with one push for each text, and returns how long
// that takes.
func runSlots(t *testing.T, r *slots, wrap middleware, texts ...string) (Response, time.Duration) {
	t.Helper()
	resolvers := testResolvers()
	resolvers["Mutation"]["push"] = func(_ context.Context, p Params) (any,
		error) {
		return r.push(p.Field.Arg("s").(string))
	}
	s, err := New(Config{SDL: testSDL, Resolvers: resolvers})
	if err != nil {
		t.Fatal(err)
	}
	var query strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&query, "a%d: push(s: %q) ", i, text)
	}
	op, errs := s.Prepare(Request{Query: "mutation{" + query.String() + "}"})
	if errs != nil {
		t.Fatal(errs[0])
	}
	r.log = map[string][]string{}
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	r.leave = leave
	start := time.Now()
	return op.Execute(ctx, r, wrap), time.Since(start)
}

func TestParallelKeepsWhatIsObserved(t *testing.T) {
	texts := []string{"x=1", "y=error", "x=2", "z=1", "=alone", "x=3", "y=2"}
	outcomes := map[int]string{}
	for _, parallel := range []int{0, 16} {
		synctest.Test(t, func(t *testing.T) {
			var seen []string
			r := &slots{parallel: parallel}
			resp, took := runSlots(t, r, recordKeys(&seen), texts...)
			outcomes[parallel] = fmt.Sprint(string(resp.Append(nil)), seen, r.log["x"], r.log["y"])
			want := map[int]time.Duration{0: 7 * time.Second, 16: 4 * time.Second}[parallel]
			if took != want {
				t.Errorf("with %d at once it took %v, want %v", parallel, took, want)
			}
		})
	}
	if diff := cmp.Diff(outcomes[0], outcomes[16]); diff != "" {
		t.Errorf("(-one after another +at once):\n%s", diff)
	}
	if !strings.Contains(outcomes[16], `"a0":"x=1"`) || !strings.Contains(outcomes[16], "[1 2 3] [error 2]") {
		t.Errorf("outcome: %s", outcomes[16])
	}
}

func TestParallelIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var texts []string
		for i := range 10 {
			texts = append(texts, fmt.Sprintf("key %d=1", i))
		}
		r := &slots{parallel: 4}
		if _, took := runSlots(t, r, nil, texts...); took != 3*time.Second || r.max != 4 {
			t.Errorf("took %v with at most %d at once, want 3s and 4", took, r.max)
		}
	})
}

// Fields that have not begun when the context ends do not begin, and nothing records them.
func TestParallelEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slots{parallel: 2}
		var seen []string
		runSlots(t, r, recordKeys(&seen), "x=leave", "y=1", "z=1", "x=2", "v=1", "w=1")
		if diff := cmp.Diff([]string{"a0", "a1"}, seen); diff != "" {
			t.Errorf("recorded (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string][]string{"x": {"leave"}, "y": {"1"}}, r.log); diff != "" {
			t.Errorf("resolved (-want +got):\n%s", diff)
		}
	})
}

// After a panic the middleware still sees what was resolved ahead.
func TestParallelPassesAPanicOnOnceAllIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slots{parallel: 16}
		var seen []string
		defer func() {
			if p := recover(); p != "in a resolver" {
				t.Errorf("recovered %v", p)
			}
			if r.busy != 0 || len(r.log) != 3 {
				t.Errorf("%d still run, %v are done", r.busy, r.log)
			}
			if diff := cmp.Diff([]string{"a0", "a2"}, seen); diff != "" {
				t.Errorf("recorded (-want +got):\n%s", diff)
			}
		}()
		runSlots(t, r, recordKeys(&seen), "w=1", "x=panic", "y=1")
	})
}

// recordKeys returns a middleware that records the fields whose resolver returns.
func recordKeys(seen *[]string) middleware {
	return func(_ context.Context, f *Field, resolve func() (any, error)) (any, error) {
		value, err := resolve()
		*seen = append(*seen, f.Key)
		return value, err
	}
}
