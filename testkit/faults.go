package testkit

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// Inject makes calls that match run into fault, until remove is called. Of several
// rules the first that applies to a call wins; if one of them ends the request,
// the others do not apply to its other fields. Only a key that is refused and a
// document that is no GraphQL come before a fault. A rule that never applied fails
// the test at its end; one that no call can fit fails it at once.
func (c *Cloud) Inject(match faults.Match, fault faults.Fault) (remove func()) {
	c.t.Helper()
	remove, err := c.fake.Inject(c.match(match), fault)
	if err != nil {
		c.t.Fatalf("testkit: Inject: %v", err)
		return func() {}
	}
	return remove
}

// Calls are the calls so far that match, the oldest first: with Nth the nth
// alone, with Times at most so many. What [Cloud.Set] does is no call. A match
// that no call can fit fails the test.
func (c *Cloud) Calls(match faults.Match) []faults.Call {
	c.t.Helper()
	if err := c.fake.Check(c.match(match)); err != nil {
		c.t.Fatalf("testkit: Calls: %v", err)
		return nil
	}
	return c.fake.Calls(c.match(match))
}

func (c *Cloud) match(m faults.Match) faults.Match {
	if c.only && m.Tenant == "" {
		m.Tenant = c.tenant.ID
	}
	return m
}

func (c *Cloud) reportUnused() {
	c.t.Helper()
	for _, rule := range c.fake.Faults() {
		switch {
		case rule.Fired > 0:
		case rule.Seen > 0:
			c.t.Errorf("testkit: an injected fault never fired: %d calls matched %s, and another rule or its count kept it from them", rule.Seen, rule.Match)
		default:
			c.t.Errorf("testkit: an injected fault never fired: no call matched %s; %s", rule.Match, c.seen())
		}
	}
}

// listedCalls bounds how many calls a message lists.
const listedCalls = 10

// seen says which calls there were.
func (c *Cloud) seen() string {
	calls := c.fake.Calls(faults.Match{})
	if len(calls) == 0 {
		return "there was no call"
	}
	var list []string
	for _, call := range calls[:min(len(calls), listedCalls)] {
		what := call.Field
		if call.Secret != "" {
			what = fmt.Sprintf("%s %q", call.Field, call.Secret)
		}
		list = append(list, what)
	}
	if more := len(calls) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return "there were " + strings.Join(list, ", ")
}
