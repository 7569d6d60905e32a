package sync_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

var (
	chaosSeeds = flag.Uint64("chaos.seeds", 1000, "how many seeds the chaos test runs")
	chaosSeed  = flag.Uint64("chaos.seed", 0, "the one seed to run; 0 runs them all")
)

// TestChaos syncs into a fake that fails at random. Whatever happens, the report is
// true of the store, nothing that was acknowledged is missing, and nothing is deleted
// that the plan did not show.
func TestChaos(t *testing.T) {
	seen, met := map[secretsync.Result]int{}, map[string]int{}
	first, last := uint64(1), *chaosSeeds
	if *chaosSeed != 0 {
		first, last = *chaosSeed, *chaosSeed
	}
	for seed := first; seed <= last; seed++ {
		synctest.Test(t, func(t *testing.T) {
			c := newChaos(t, seed)
			c.run()
			for _, a := range c.report.Actions {
				seen[a.Result]++
			}
			c.count(met)
		})
	}
	t.Logf("%d seeds: %v, and of faults that were alone in a run: %v", last-first+1, seen, met)
	for _, result := range secretsync.Results {
		if *chaosSeed == 0 && seen[result] == 0 {
			t.Errorf("no run ever ended with %q", result)
		}
	}
	for _, kind := range append(kindNames(), "delivered twice") {
		if want := int(*chaosSeeds / 50); *chaosSeed == 0 && met[kind] < want {
			t.Errorf("%d runs met %q, want %d", met[kind], kind, want)
		}
	}
}

// chaos is one run.
type chaos struct {
	*testing.T
	seed   uint64
	rand   *rand.Rand
	cloud  *testkit.Cloud
	twice  bool
	names  string // the field that lists the names
	rules  []rule
	before map[string]string
	plan   *secretsync.Plan
	report *secretsync.Report
}

// rule is a fault that waits for a call.
type rule struct {
	kind  string
	match faults.Match
	fault faults.Fault
}

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{T: t, seed: seed, rand: rand.New(rand.NewPCG(seed, 0)), before: map[string]string{}, names: "secret"}
	var options []testkit.Option
	if c.chance(4) {
		c.names = "secret_names"
		options = append(options, testkit.WithDialect(prefect.DialectSnake))
	}
	c.cloud = testkit.New(unusedIsFine{t}, options...)
	return c
}

// unusedIsFine lets a random fault never fire.
type unusedIsFine struct{ *testing.T }

func (t unusedIsFine) Errorf(format string, args ...any) {
	if !strings.Contains(format, "injected fault never fired") {
		t.T.Errorf(format, args...)
	}
}

func (c *chaos) chance(oneIn int) bool { return c.rand.IntN(oneIn) == 0 }

func (c *chaos) run() {
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: "http://localhost/", APIKey: testkit.AdminKey, Transport: c.network(),
	})
	if err != nil {
		c.Fatal(err)
	}
	store := newPaced(client)
	c.plan = mustPlan(c.T, store, c.input())
	c.faults()
	ctx, cancel := context.WithTimeout(c.Context(), c.duration(5*time.Minute))
	defer cancel()
	var stop chan struct{}
	if c.chance(5) {
		stop = make(chan struct{})
		time.AfterFunc(c.duration(20*time.Second), func() { close(stop) })
	}
	c.report = secretsync.Apply(ctx, store, c.plan, secretsync.ApplyOptions{Stop: stop})
	c.compareOrder()
	c.compare()
	if err := secretsync.VerifyNames(ctx, store, c.report); err == nil {
		c.compare()
	}
}

func (c *chaos) duration(most time.Duration) time.Duration {
	return time.Duration(c.rand.Int64N(int64(most)))
}

// input makes a source of secrets, of which the store has some already, besides names
// that no source has.
func (c *chaos) input() secretsync.Run {
	var pairs []string
	for i := range 1 + c.rand.IntN(250) {
		name, value := fmt.Sprintf("S%03d", i), fmt.Sprintf("%s %d", canary, i)
		pairs = append(pairs, name, value)
		switch c.rand.IntN(4) {
		case 0:
			c.store(name, value)
		case 1:
			c.store(name, "old")
		}
	}
	for i := range c.rand.IntN(4) {
		c.store(fmt.Sprint("team_old", i), "old")
		c.store(fmt.Sprint("other", i), "old")
	}
	return secretsync.Run{
		Sources: newSources(pairs...), Prune: secretsync.Prune{Scope: []string{"team_*"}, Unowned: true},
	}
}

func (c *chaos) store(name, value string) {
	c.cloud.Set(name, value)
	c.before[name] = value
}

// faults injects a few faults, each about one name, and some of them for good. Most
// runs have one alone, which shows what it does by itself.
func (c *chaos) faults() {
	n := 1
	if c.chance(3) {
		n = c.rand.IntN(6)
	}
	for range n {
		a := c.target()
		field := "setSecret"
		if a.Kind == secretsync.Delete {
			field = "deleteSecret"
		}
		match := faults.Match{Field: field, Secret: a.Name, Times: c.rand.IntN(4)}
		if match.Times == 0 && !c.chance(3) {
			match.Times = 1
		}
		kind := faultKinds[c.rand.IntN(len(faultKinds))]
		r := rule{kind.name, match, kind.fault(c)}
		c.rules = append(c.rules, r)
		c.cloud.Inject(r.match, r.fault)
	}
	if c.chance(8) {
		c.cloud.Inject(faults.Match{Field: c.names, Times: 1 + c.rand.IntN(12)}, faults.Unavailable())
	}
}

// target chooses what a fault is about: a deletion more often than there are deletions.
func (c *chaos) target() secretsync.Action {
	actions := c.plan.Actions
	others := func(a secretsync.Action) bool { return a.Kind != secretsync.Delete }
	if deletions := slices.DeleteFunc(slices.Clone(actions), others); len(deletions) > 0 && c.chance(4) {
		actions = deletions
	}
	return actions[c.rand.IntN(len(actions))]
}

// faultKinds is everything that can go wrong, each as likely as the next.
var faultKinds = []struct {
	name  string
	fault func(*chaos) faults.Fault
}{
	{"503", always(faults.Unavailable())},
	{"503, applied", always(faults.Fault{Status: 503, Applied: true})},
	{"502", func(c *chaos) faults.Fault { return faults.Fault{Status: 502, Applied: c.chance(2)} }},
	{"429", func(c *chaos) faults.Fault { return faults.RateLimited(c.duration(40 * time.Second)) }},
	{"reset", always(faults.Fault{Drop: true})},
	{"reply lost", always(faults.ReplyLost())},
	{"truncated", always(faults.Fault{Truncate: true})},
	{"malformed", always(faults.Fault{Malformed: true})},
	{"one alias", func(c *chaos) faults.Fault { return faults.Fault{Code: "API_ERROR", Applied: c.chance(2)} }},
	{"sealed", always(faults.StoreSealed())},
	{"forbidden", always(faults.Fault{Code: "FORBIDDEN"})},
	{"key expired", always(faults.KeyExpired())},
	{"400", always(faults.Fault{Status: 400})},
	{"413", always(faults.Fault{Status: 413})},
	{"slow", func(c *chaos) faults.Fault { return faults.Fault{Delay: c.duration(50 * time.Second)} }},
	{"slow, applied", func(c *chaos) faults.Fault { return faults.Fault{Delay: c.duration(50 * time.Second), Applied: true} }},
}

func always(f faults.Fault) func(*chaos) faults.Fault {
	return func(*chaos) faults.Fault { return f }
}

func kindNames() []string {
	var names []string
	for _, kind := range faultKinds {
		names = append(names, kind.name)
	}
	return names
}

// count adds the faults that the run has met: a fault that is alone meets the first call
// that it matches.
func (c *chaos) count(met map[string]int) {
	if c.twice {
		met["delivered twice"]++
	}
	if len(c.rules) != 1 {
		return
	}
	if r := c.rules[0]; len(c.cloud.Calls(faults.Match{Field: r.match.Field, Secret: r.match.Secret})) > 0 {
		met[r.kind]++
	}
}

// network returns a transport to the fake. Some deliver every request twice and return
// one of the answers: what that denies, the other delivery may have done.
func (c *chaos) network() http.RoundTripper {
	transport := cloud.Transport(c.cloud.Handler())
	if c.twice = c.chance(3); c.twice {
		return twice{transport, c.chance(2)}
	}
	return transport
}

type twice struct {
	http.RoundTripper
	returnSecond bool
}

func (d twice) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	deliver := func() (*http.Response, error) {
		clone := r.Clone(r.Context())
		clone.Body = io.NopCloser(bytes.NewReader(body))
		return d.RoundTripper.RoundTrip(clone)
	}
	first, firstErr := deliver()
	second, secondErr := deliver()
	if d.returnSecond {
		return second, secondErr
	}
	return first, firstErr
}

// compare compares the report with the store, name by name.
func (c *chaos) compare() {
	untouched := maps.Clone(c.before)
	for _, a := range c.report.Actions {
		delete(untouched, a.Name)
		now := c.stored(a.Name)
		old, was := c.before[a.Name]
		before := state{old, was}
		want := state{valueOf(a.Name), a.Kind != secretsync.Delete}
		if a.Kind == secretsync.Delete {
			want.value = ""
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
		if a.Result == secretsync.Unchanged && !c.twice {
			c.check(before == want, a, "was another one before")
		}
	}
	for name, value := range untouched {
		if c.stored(name) != (state{value, true}) {
			c.Errorf("seed %d: %s is in no plan and was changed", c.seed, name)
		}
	}
	c.compareDeletes()
}

// compareOrder checks that nothing was deleted before every write was acknowledged.
func (c *chaos) compareOrder() {
	deleted := false
	for _, call := range c.cloud.Calls(faults.Match{}) {
		deleted = deleted || call.Field == "deleteSecret" || call.Field == "delete_secret"
		if deleted && (call.Field == "setSecret" || call.Field == "set_secret") {
			c.Errorf("seed %d: %s was written after a deletion", c.seed, call.Secret)
		}
	}
	for _, a := range c.report.Actions {
		if deleted && a.Kind != secretsync.Delete && (a.Result == secretsync.Failed || a.Result == secretsync.Unknown) {
			c.check(false, a, "was not acknowledged, and something was deleted nevertheless")
		}
	}
}

// compareDeletes looks at the requests, not only at what they did.
func (c *chaos) compareDeletes() {
	planned := deletedNames(c.plan)
	for _, call := range c.cloud.Calls(faults.Match{Field: "deleteSecret"}) {
		if !slices.Contains(planned, call.Secret) {
			c.Errorf("seed %d: %s was deleted, and not in the plan", c.seed, call.Secret)
		}
	}
	undone := c.report.Count(secretsync.Failed) + c.report.Count(secretsync.Unknown)
	if (undone > 0) != (c.report.Err != nil) {
		c.Errorf("seed %d: %d undone, and the error is %v", c.seed, undone, c.report.Err)
	}
}

// state is a value, if the store has one.
type state struct {
	value  string
	exists bool
}

func (c *chaos) stored(name string) state {
	raw, ok := c.cloud.Get(name)
	return state{strings.Trim(string(raw), `"`), ok}
}

// valueOf returns what the source has for a name.
func valueOf(name string) string {
	var i int
	_, _ = fmt.Sscanf(name, "S%d", &i)
	return fmt.Sprintf("%s %d", canary, i)
}

func (c *chaos) check(ok bool, a secretsync.Action, what string) {
	if !ok {
		c.Errorf("seed %d: %s, to %s and reported as %s, %s: %s", c.seed, a.Name, a.Kind, a.Result, what, a.Reason)
	}
}
