package testkit

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// Inject makes calls that match fail with fault, until remove is called. Of several
// rules the first that applies to a call wins; if it ends the request, the others do
// not apply to its other fields. Only an unknown key and a document that is not
// GraphQL are answered before a fault. A rule that never applied fails the test at
// its end; one that no call can fit fails it at once.
func (c *Cloud) Inject(match faults.Match, fault faults.Fault) (remove func()) {
	c.t.Helper()
	remove, err := c.fake.Inject(c.inTenant(match), fault)
	if err != nil {
		c.t.Fatalf("testkit: Inject: %v", err)
		return func() {}
	}
	return remove
}

// Calls returns the calls so far that match, the oldest first: with Nth only the nth,
// with Times at most so many. [Cloud.Set] is not a call. A match that no call can fit
// fails the test.
func (c *Cloud) Calls(match faults.Match) []faults.Call {
	c.t.Helper()
	match = c.inTenant(match)
	if err := c.fake.Check(match); err != nil {
		c.t.Fatalf("testkit: Calls: %v", err)
		return nil
	}
	return c.fake.Calls(match)
}

// inTenant limits m to c's tenant, if c is limited to it and m names none.
func (c *Cloud) inTenant(m faults.Match) faults.Match {
	if c.scoped && m.Tenant == "" {
		m.Tenant = c.tenant.ID
	}
	return m
}

// reportUnused fails the test for each rule that never applied.
func (c *Cloud) reportUnused() {
	c.t.Helper()
	for _, rule := range c.fake.Faults() {
		switch match := fake.Describe(rule.Match); {
		case rule.Fired > 0:
		case rule.Seen > 0:
			c.t.Errorf("testkit: an injected fault never fired: %d calls matched %s, but another rule applied to them, or Nth or Times excluded them", rule.Seen, match)
		default:
			c.t.Errorf("testkit: an injected fault never fired: no call matched %s; %s", match, c.callList())
		}
	}
}

// maxListedCalls bounds how many calls a message lists.
const maxListedCalls = 10

// callList says in a message which calls there were.
func (c *Cloud) callList() string {
	calls := c.fake.Calls(faults.Match{})
	if len(calls) == 0 {
		return "there were no calls"
	}
	var list []string
	for _, call := range calls[:min(len(calls), maxListedCalls)] {
		if call.Secret == "" {
			list = append(list, call.Field)
		} else {
			list = append(list, fmt.Sprintf("%s %q", call.Field, call.Secret))
		}
	}
	if more := len(calls) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return "there were " + strings.Join(list, ", ")
}
