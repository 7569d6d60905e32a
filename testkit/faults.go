package testkit

import (
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Match selects calls, a call being one field of a document. Its zero value
// selects every call.
type Match struct {
	Field  string // setSecret and set_secret match each other, and so with the others
	Secret string // the name of the secret that the call is about
	Alias  string // the key of the result; a field without an alias has its own name
	Tenant string // an id or a slug
	Nth    int    // the nth matching call alone, from 1; 0 means any
	Times  int    // how often the rule applies at most; 0 means every time
}

// Fault is what happens to a call that matches.
type Fault struct {
	Status        int           // answers the whole request with this HTTP status, nothing of it applied
	Code, Message string        // without Status: fails the one field, and it is not applied
	Delay         time.Duration // passes first; the request's context ends it
	RetryAfter    time.Duration // sent along with Status, in whole seconds; 0 means not at all
	Drop          bool          // the connection ends before anything is applied
}

// Call is one field that a client asked for. It holds no value.
type Call struct {
	Seq    int    // from 1, in the order in which calls ended
	Alias  string // the key of the result
	Field  string // as the client spelt it
	Tenant string // the id
	Secret string // the name; empty if the field is about none
	Key    string // the name of the key: admin or runner
	Err    string // the code of the error that the field ended with; empty for success
}

// Inject makes calls that match run into fault. The first rule that applies to a
// call wins. One that never applied fails the test at its end.
func (c *Cloud) Inject(match Match, fault Fault) {
	c.api.Inject(cloud.Match(match), cloud.Fault(fault))
}

// Calls are the calls so far that match, the oldest first. What [Cloud.Set] does
// is no call.
func (c *Cloud) Calls(match Match) []Call {
	var calls []Call
	for _, call := range c.api.Calls(cloud.Match(match)) {
		calls = append(calls, Call(call))
	}
	return calls
}

func (c *Cloud) reportUnused() {
	c.t.Helper()
	for _, match := range c.api.UnusedFaults() {
		c.t.Errorf("testkit: an injected fault never fired: no call matched %+v", Match(match))
	}
}
