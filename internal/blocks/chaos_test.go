package blocks_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

const canary = "CANARY3f9a"

var (
	chaosSeeds = flag.Uint64("chaos.seeds", 500, "how many seeds the chaos test runs")
	chaosSeed  = flag.Uint64("chaos.seed", 0, "the one seed to run; 0 runs them all")
)

// TestChaos syncs to a fake that fails at random. Whatever happens, the report is true of
// the store, nothing that was acknowledged is missing, and nothing is deleted that the
// plan did not show.
func TestChaos(t *testing.T) {
	seen, met := map[secretsync.Result]int{}, map[string]int{}
	first, last := uint64(1), *chaosSeeds
	if *chaosSeed != 0 {
		first, last = *chaosSeed, *chaosSeed
	}
	for seed := first; seed <= last; seed++ {
		synctest.Test(t, func(t *testing.T) {
			c := &chaos{
				T: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 0)), fake: blockstest.New(),
				before: map[string]string{}, met: met,
			}
			c.run()
			if c.report != nil {
				for _, a := range c.report.Actions {
					seen[a.Result]++
				}
			}
		})
	}
	t.Logf("%d seeds: %v; faults: %v", last-first+1, seen, met)
	if *chaosSeed != 0 {
		return
	}
	for _, result := range []secretsync.Result{
		secretsync.Created, secretsync.Overwritten, secretsync.Unchanged, secretsync.Deleted, secretsync.Failed, secretsync.Unknown,
	} {
		if seen[result] == 0 {
			t.Errorf("no run ever ended with %q", result)
		}
	}
	for _, kind := range faultKinds {
		if want := int(*chaosSeeds / 50); met[kind.name] < want {
			t.Errorf("%d runs met %q, want %d", met[kind.name], kind.name, want)
		}
	}
}

// chaos is one run.
type chaos struct {
	*testing.T
	seed   uint64
	rand   *rand.Rand
	fake   *blockstest.Fake
	before map[string]string
	plan   *secretsync.Plan
	report *secretsync.Report
	met    map[string]int
	others bool // another program creates and deletes what the run writes
	twice  bool // every request is delivered twice: what one answer denies, the other may have done
}

func (c *chaos) chance(oneIn int) bool { return c.rand.IntN(oneIn) == 0 }

func (c *chaos) duration(most time.Duration) time.Duration {
	return time.Duration(c.rand.Int64N(int64(most)))
}

func (c *chaos) run() {
	client, err := blocks.New(blocks.Config{
		URL: "http://localhost/api", Reader: blocks.Reader3, Transport: c.network(cloud.Transport(c.fake)),
	})
	if err != nil {
		c.Fatal(err)
	}
	in := c.input()
	in.Writer = client
	in.Steps.Planned = func(out *secretsync.Outcome) error {
		c.plan = out.Tenants[0].Plan
		c.faults()
		return nil
	}
	ctx, cancel := context.WithTimeout(c.Context(), c.duration(5*time.Minute))
	defer cancel()
	if c.chance(5) {
		stop := make(chan struct{})
		in.Stop = stop
		timer := time.AfterFunc(c.duration(20*time.Second), func() { close(stop) })
		defer timer.Stop()
	}
	out, _ := in.Sync(ctx)
	if out != nil && len(out.Tenants) > 0 {
		c.report = out.Tenants[0].Report
	}
	c.compare()
}

// network returns a transport to the fake. Some return the answer to the second delivery
// of every request.
func (c *chaos) network(transport http.RoundTripper) http.RoundTripper {
	if c.twice = c.chance(6); c.twice {
		return twice{transport}
	}
	return transport
}

type twice struct{ http.RoundTripper }

func (d twice) RoundTrip(r *http.Request) (*http.Response, error) {
	first := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		first.Body = body
	}
	if _, err := d.RoundTripper.RoundTrip(first); err != nil {
		return nil, err
	}
	return d.RoundTripper.RoundTrip(r)
}

// input makes a source of secrets, of which the store has some already, besides names
// that no source has.
func (c *chaos) input() secretsync.Run {
	source := &secretsync.Source{Label: "test"}
	for i := range 1 + c.rand.IntN(60) {
		name := fmt.Sprintf("S_%03d", i)
		source.Entries = append(source.Entries, secretsync.Entry{Name: name, Text: prefect.TextValue(valueOf(stored(name)))})
		switch c.rand.IntN(4) {
		case 0:
			c.store(stored(name), valueOf(stored(name)))
		case 1:
			c.store(stored(name), "old")
		}
	}
	for i := range c.rand.IntN(4) {
		c.store(fmt.Sprint("team-old", i), "old")
		c.store(fmt.Sprint("other", i), "old")
	}
	if c.chance(8) {
		c.fake.NoTypes = true
	}
	if c.chance(8) {
		c.fake.HidesValues = true
	}
	return secretsync.Run{
		Sources: []*secretsync.Source{source}, Prune: secretsync.Prune{Scope: []string{"team_*"}, Unowned: true},
	}
}

// stored returns the name of a secret's block.
func stored(name string) string { return "s-" + name[len("S_"):] }

// valueOf returns what the source has for a block.
func valueOf(name string) string { return canary + " of " + name }

func (c *chaos) store(name, value string) {
	c.fake.Set(name, quoted(value))
	c.before[name] = quoted(value)
}

func quoted(text string) string {
	raw, _ := json.Marshal(text)
	return string(raw)
}

// faults injects a few faults, some of them about one name, and some of them for good.
func (c *chaos) faults() {
	n := 1
	if c.chance(3) {
		n = c.rand.IntN(6)
	}
	fields := []string{
		blockstest.Create, blockstest.Create, blockstest.Overwrite, blockstest.Overwrite, blockstest.Delete,
		blockstest.Type, blockstest.Schemas, blockstest.List, blockstest.Values, "",
	}
	for range n {
		match := faults.Match{Field: fields[c.rand.IntN(len(fields))], Times: 1 + c.rand.IntN(3)}
		if c.chance(2) {
			match.Nth = 1 + c.rand.IntN(20)
		}
		if c.chance(6) {
			match.Nth, match.Times = 0, 0
		}
		kind := faultKinds[c.rand.IntN(len(faultKinds))]
		c.met[kind.name]++
		c.fake.Inject(match, kind.fault(c))
	}
	if c.chance(6) {
		c.fake.ReplaceSchema()
	}
	if c.chance(4) {
		c.interfere()
	}
}

// interfere changes the store while the run writes, as another program would.
func (c *chaos) interfere() {
	c.others = true
	a := c.plan.Actions[c.rand.IntN(len(c.plan.Actions))]
	recreate := c.chance(2)
	time.AfterFunc(c.duration(100*time.Millisecond), func() {
		c.fake.Delete(a.Name)
		if recreate {
			c.fake.Set(a.Name, quoted("another program's"))
		}
	})
}

// faultKinds is everything that can go wrong, each as likely as the next.
var faultKinds = []struct {
	name  string
	fault func(*chaos) faults.Fault
}{
	{"busy", always(faults.Unavailable())},
	{"busy, applied", always(faults.Fault{Status: 503, Applied: true})},
	{"502", func(c *chaos) faults.Fault { return faults.Fault{Status: 502, Malformed: true, Applied: c.chance(2)} }},
	{"a proxy's 503", func(c *chaos) faults.Fault { return faults.Fault{Status: 503, Malformed: true, Applied: c.chance(2)} }},
	{"500", func(c *chaos) faults.Fault { return faults.Fault{Status: 500, Applied: c.chance(2)} }},
	{"429", func(c *chaos) faults.Fault { return faults.RateLimited(c.duration(40 * time.Second)) }},
	{"reset", always(faults.Fault{Drop: true})},
	{"reply lost", always(faults.ReplyLost())},
	{"half a page", always(faults.Fault{Truncate: true})},
	{"a login page", always(faults.Fault{Malformed: true})},
	{"401", always(faults.Fault{Status: 401})},
	{"403", always(faults.Fault{Status: 403})},
	{"409", always(faults.Fault{Status: 409, Message: "Block already exists"})},
	{"422", always(faults.Fault{Status: 422, Message: "Invalid request received."})},
	{"slow", func(c *chaos) faults.Fault { return faults.Fault{Delay: c.duration(50 * time.Second)} }},
	{"slow, applied", func(c *chaos) faults.Fault { return faults.Fault{Delay: c.duration(50 * time.Second), Applied: true} }},
}

func always(f faults.Fault) func(*chaos) faults.Fault {
	return func(*chaos) faults.Fault { return f }
}

// compare compares the report with the store, name by name. Without a report nothing was
// written.
func (c *chaos) compare() {
	untouched := maps.Clone(c.before)
	if c.report != nil {
		for _, a := range c.report.Actions {
			delete(untouched, a.Name)
			if !c.others {
				c.compareAction(a)
			}
		}
		c.compareDeletes()
	}
	for name, value := range untouched {
		if got, ok := c.fake.Get(name); !c.others && (!ok || got != value) {
			c.Errorf("seed %d: %s is in no plan and was changed", c.seed, name)
		}
	}
}

// state is a value, if the store has one.
type state struct {
	value  string
	exists bool
}

func (c *chaos) compareAction(a secretsync.Action) {
	var now, before, want state
	now.value, now.exists = c.fake.Get(a.Name)
	before.value, before.exists = c.before[a.Name]
	if a.Kind != secretsync.Delete {
		want = state{quoted(valueOf(a.Name)), true}
	}
	switch a.Result {
	case secretsync.Created, secretsync.Overwritten, secretsync.Unchanged, secretsync.Deleted:
		c.check(now == want, a, "is not what was acknowledged")
	case secretsync.Failed, secretsync.Skipped:
		c.check(now == before || c.twice && a.Result == secretsync.Failed && now == want, a, "was changed nevertheless")
	case secretsync.Unknown:
		c.check(now == before || now == want, a, "is neither the old nor the new one")
	default:
		c.check(false, a, "has no result")
	}
	if a.Result == secretsync.Unchanged {
		c.check(before == want, a, "was another one before")
	}
}

func (c *chaos) check(ok bool, a secretsync.Action, what string) {
	if !ok {
		c.Errorf("seed %d: %s, to %s and reported as %s, %s: %s", c.seed, a.Name, a.Kind, a.Result, what, a.Reason)
	}
}

// compareDeletes looks at the requests, not only at what they did.
func (c *chaos) compareDeletes() {
	var planned []string
	for _, a := range c.plan.Actions {
		if a.Kind == secretsync.Delete {
			planned = append(planned, a.Name)
		}
	}
	for _, call := range c.fake.Calls(faults.Match{Field: blockstest.Delete}) {
		if call.Secret != "" && !slices.Contains(planned, call.Secret) {
			c.Errorf("seed %d: %s was deleted, and not in the plan", c.seed, call.Secret)
		}
	}
	undone := c.report.Count(secretsync.Failed) + c.report.Count(secretsync.Unknown)
	if undone > 0 && c.report.Err == nil { // without any undone, it may be that of verifying
		c.Errorf("seed %d: %d undone, and there is no error", c.seed, undone)
	}
}
