// Package storetest holds the one test that every [cloud.Store] must pass.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// values must be returned byte for byte.
var values = []string{
	`"text"`, `""`, `0`, `123456789012345678901234567890.10`, `1e400`, `true`, `[]`, `{}`,
	`{"b":1,"a":[null,{"c":"ä"}],"a":2}`,
	`"\u0000\ud800"`, `"` + strings.Repeat("x", 64<<10-2) + `"`,
}

// options are the options of [Run].
type options struct {
	reopen func(t *testing.T, store cloud.Store) cloud.Store
}

// Option changes what [Run] does.
type Option func(*options)

// WithReopen tests a durable store: reopen closes a store and opens it again, with
// what was stored.
func WithReopen(reopen func(t *testing.T, store cloud.Store) cloud.Store) Option {
	return func(o *options) { o.reopen = reopen }
}

// Run tests a store. Each test opens one and uses two new tenants of its own: writes
// that an earlier test gave up may still arrive in a store that is opened again.
func Run(t *testing.T, open func(t *testing.T) cloud.Store, opts ...Option) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	tests := map[string]func(*testing.T, *checker){
		"values":      testValues,
		"names":       testNames,
		"tenants":     testTenants,
		"missing":     testMissing,
		"delete":      testDelete,
		"compare":     testCompare,
		"info":        testInfo,
		"copies":      testCopies,
		"cancelled":   testCancelled,
		"concurrency": testConcurrency,
		"ping":        testPing,

		"distinct writers": testDistinctWriters,
		"same name":        testSameName,
		"compare race":     testCompareRace,
		"cancelled midway": testCancelledMidway,
		"many names":       o.testManyNames,
		"random names":     testRandomNames,
	}
	if o.reopen != nil {
		tests["reopen"] = o.testReopen
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, newChecker(t, open(t))) })
	}
}

// checker is a store with methods that fail the test, and what the test uses in it.
type checker struct {
	t *testing.T
	cloud.Store
	tenantA, tenantB string   // neither may see the other's secrets
	names            []string // all valid; none may reach another or another tenant
}

func newChecker(t *testing.T, store cloud.Store) *checker {
	c := &checker{t: t, Store: store, tenantA: newTenant(), tenantB: newTenant()}
	c.names = append(slices.Clone(names), "../"+c.tenantB+"/x")
	return c
}

// newTenant returns a random UUID.
func newTenant() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", rand.Uint32(), rand.IntN(1<<16), rand.IntN(1<<12), rand.IntN(1<<12), rand.Int64N(1<<48))
}

// must ends the test if err is not nil.
func (c *checker) must(what string, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
}

func (c *checker) set(tenant, name, value string, compare bool) bool {
	c.t.Helper()
	changed, err := c.Set(c.t.Context(), tenant, name, json.RawMessage(value), "ci", compare)
	c.must("Set", err)
	return changed
}

func (c *checker) checkValue(tenant, name, want string) {
	c.t.Helper()
	got, err := c.Get(c.t.Context(), tenant, name)
	c.must("Get", err)
	if string(got) != want {
		c.t.Errorf("Get(%q) gives %.80s, want %.80s", name, got, want)
	}
}

func (c *checker) checkMissing(tenant, name string) {
	c.t.Helper()
	if _, err := c.Get(c.t.Context(), tenant, name); !errors.Is(err, cloud.ErrNotFound) {
		c.t.Errorf("Get(%q): %v, want ErrNotFound", name, err)
	}
}

func (c *checker) checkNames(tenant string, want ...string) {
	c.t.Helper()
	got, err := c.Names(c.t.Context(), tenant)
	c.must("Names", err)
	if len(got)+len(want) > 0 && !cmp.Equal(want, got) {
		c.t.Errorf("Names (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func (c *checker) version(tenant, name string) int {
	c.t.Helper()
	info, err := c.Info(c.t.Context(), tenant, name)
	c.must("Info", err)
	return info[name].Version
}

func testValues(t *testing.T, c *checker) {
	for _, v := range values {
		c.set(c.tenantA, "name", v, false)
		c.checkValue(c.tenantA, "name", v)
	}
}

func testTenants(t *testing.T, c *checker) {
	for _, n := range c.names {
		c.set(c.tenantA, n, `"a"`, false)
	}
	c.checkNames(c.tenantB)
	for _, n := range c.names {
		c.checkMissing(c.tenantB, n)
	}
	c.set(c.tenantB, "a", `"b"`, false)
	c.must("Delete", c.Delete(t.Context(), c.tenantB, "SLACK_URL"))
	c.checkValue(c.tenantA, "a", `"a"`)
	c.checkValue(c.tenantA, "SLACK_URL", `"a"`)
	c.checkNames(c.tenantB, "a")
}

func testMissing(t *testing.T, c *checker) {
	c.checkNames(c.tenantA)
	c.checkMissing(c.tenantA, "none")
	c.must("Delete", c.Delete(t.Context(), c.tenantA, "none"))
	info, err := c.Info(t.Context(), c.tenantA, "none")
	c.must("Info", err)
	if len(info) != 0 {
		t.Errorf("Info of a missing name: %v", info)
	}
}

func testDelete(t *testing.T, c *checker) {
	c.set(c.tenantA, "a", `1`, false)
	c.set(c.tenantA, "b", `2`, false)
	c.must("Delete", c.Delete(t.Context(), c.tenantA, "a"))
	c.checkMissing(c.tenantA, "a")
	c.checkNames(c.tenantA, "b")
	if changed := c.set(c.tenantA, "a", `1`, true); !changed {
		t.Error("setting a deleted name reports no change")
	}
	if v := c.version(c.tenantA, "a"); v != 1 {
		t.Errorf("version after delete and set is %d, want 1", v)
	}
}

func testCompare(t *testing.T, c *checker) {
	steps := []struct {
		value         string
		compare, want bool
		version       int
	}{
		{`"a"`, true, true, 1},
		{`"a"`, true, false, 1},
		{`"b"`, true, true, 2},
		{`"b"`, false, true, 3},
		{`"bb"`, true, true, 4},
	}
	for i, s := range steps {
		if changed := c.set(c.tenantA, "x", s.value, s.compare); changed != s.want {
			t.Errorf("step %d: changed is %t, want %t", i, changed, s.want)
		}
		if v := c.version(c.tenantA, "x"); v != s.version {
			t.Errorf("step %d: version is %d, want %d", i, v, s.version)
		}
	}
	c.checkValue(c.tenantA, "x", `"bb"`)
}

func testInfo(t *testing.T, c *checker) {
	for _, n := range c.names {
		c.set(c.tenantA, n, `1`, false)
	}
	_, err := c.Set(t.Context(), c.tenantA, "a", json.RawMessage(`2`), "second key", false)
	c.must("Set", err)
	info, err := c.Info(t.Context(), c.tenantA, append([]string{"none"}, c.names...)...)
	c.must("Info", err)
	if len(info) != len(c.names) {
		t.Errorf("Info gives %d names, want %d", len(info), len(c.names))
	}
	for n, i := range info {
		want := cloud.Info{Version: 1, Updated: i.Updated, Writer: "ci"}
		if n == "a" {
			want.Version, want.Writer = 2, "second key"
		}
		if i != want || i.Updated.IsZero() || i.Updated.Location() != time.UTC {
			t.Errorf("Info of %q: %+v, want %+v in UTC", n, i, want)
		}
	}
}

func testCopies(t *testing.T, c *checker) {
	value := json.RawMessage(`"abc"`)
	_, err := c.Set(t.Context(), c.tenantA, "x", value, "ci", false)
	c.must("Set", err)
	copy(value, `"zzz"`)
	got, err := c.Get(t.Context(), c.tenantA, "x")
	c.must("Get", err)
	copy(got, `"yyy"`)
	c.checkValue(c.tenantA, "x", `"abc"`)
}

func testCancelled(t *testing.T, c *checker) {
	c.set(c.tenantA, "x", `1`, false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, set := c.Set(ctx, c.tenantA, "x", json.RawMessage(`2`), "ci", false)
	_, get := c.Get(ctx, c.tenantA, "x")
	_, list := c.Names(ctx, c.tenantA)
	_, info := c.Info(ctx, c.tenantA, "x")
	errs := map[string]error{"Set": set, "Get": get, "Delete": c.Delete(ctx, c.tenantA, "x"),
		"Names": list, "Info": info, "Ping": c.Ping(ctx)}
	for method, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", method, err)
		}
	}
	c.checkValue(c.tenantA, "x", `1`)
}

func testPing(t *testing.T, c *checker) {
	c.must("Ping of an empty store", c.Ping(t.Context()))
	c.set(c.tenantA, "x", `1`, false)
	c.must("Ping", c.Ping(t.Context()))
	c.checkNames(c.tenantA, "x")
}

// testReopen checks that a durable store keeps its content when reopened.
func (o options) testReopen(t *testing.T, c *checker) {
	for _, n := range c.names {
		c.set(c.tenantA, n, `"kept"`, false)
	}
	c.set(c.tenantA, "gone", `1`, false)
	c.must("Delete", c.Delete(t.Context(), c.tenantA, "gone"))
	before, err := c.Info(t.Context(), c.tenantA, c.names...)
	c.must("Info", err)
	reopened := *c
	reopened.Store = o.reopen(t, c.Store)
	reopened.checkNames(c.tenantA, slices.Sorted(slices.Values(c.names))...)
	after, err := reopened.Info(t.Context(), c.tenantA, c.names...)
	reopened.must("Info", err)
	for _, n := range c.names {
		reopened.checkValue(c.tenantA, n, `"kept"`)
		if before[n] != after[n] {
			t.Errorf("info of %q is %+v, was %+v", n, after[n], before[n])
		}
	}
	reopened.set(c.tenantA, "a", `"more"`, false)
	if v := reopened.version(c.tenantA, "a"); v != 2 {
		t.Errorf("version %d after a write before and one after", v)
	}
}
