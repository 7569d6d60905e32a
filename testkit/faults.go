package testkit

import (
	"fmt"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Match selects calls, a call being one field of a document. Its zero value
// selects every call. In JSON it is what serve --dev takes under /_testkit/.
type Match struct {
	Field  string `json:"field,omitempty"`  // setSecret and set_secret match each other, and so with the others
	Secret string `json:"secret,omitempty"` // the name of the secret that the call is about
	Alias  string `json:"alias,omitempty"`  // the key of the result; a field without an alias has its own name
	Tenant string `json:"tenant,omitempty"` // an id or a slug
	Key    string `json:"key,omitempty"`    // the name of the key: admin, runner, or one of Cloud.AddKey's
	Nth    int    `json:"nth,omitempty"`    // the nth matching call alone, from 1; 0 means any
	Times  int    `json:"times,omitempty"`  // how often the rule applies at most; 0 means every time
}

// Fault is what happens to a call that matches. Its zero value is that nothing
// does, so that a match alone says that a call must come.
//
// Status, Drop, Truncate and Malformed end the whole request, all its fields; a
// rule with Times applies once then.
type Fault struct {
	Status        int           // answers the request with this HTTP status; with 200 beside data: null
	Code, Message string        // of the error: of the request with Status, else of the one field
	Sealed        bool          // the field fails as it does while the store does not answer
	Drop          bool          // the connection ends without an answer
	Truncate      bool          // the connection ends in the middle of the answer
	Malformed     bool          // a proxy's page stands in place of the answer
	Applied       bool          // what is asked for is done first; Truncate and Malformed without Status always do it
	Delay         time.Duration // passes first, or with Applied before the answer, once in a request; the request's context ends it
	RetryAfter    time.Duration // sent along with Status, in whole seconds rounded up; 0 means not at all
}

// MarshalJSON writes what serve --dev takes under /_testkit/faults: keys in snake
// case, times in seconds.
func (f Fault) MarshalJSON() ([]byte, error) { return cloud.Fault(f).MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON writes, or the name of a preset in snake
// case, such as "reply_lost". It refuses keys that it does not know.
func (f *Fault) UnmarshalJSON(text []byte) error { return (*cloud.Fault)(f).UnmarshalJSON(text) }

// RateLimited is HTTP 429, asking for a wait; 0 asks for none.
func RateLimited(retryAfter time.Duration) Fault { return Fault(cloud.RateLimited(retryAfter)) }

// Unavailable is HTTP 503: a deploy, or a load balancer with no server behind it.
func Unavailable() Fault { return Fault(cloud.Unavailable()) }

// ReplyLost does what is asked for and drops the connection in place of the
// answer: the client cannot know that it was done.
func ReplyLost() Fault { return Fault(cloud.ReplyLost()) }

// KeyExpired is how an expired or revoked key is refused: UNAUTHENTICATED under
// HTTP 200.
func KeyExpired() Fault { return Fault(cloud.KeyExpired()) }

// PartialFailure fails the matching fields with API_ERROR; the others of their
// document are carried out.
func PartialFailure() Fault { return Fault(cloud.PartialFailure()) }

// StoreSealed fails every matching field that asks the store with API_ERROR, as
// an API does whose Vault is sealed.
func StoreSealed() Fault { return Fault(cloud.StoreSealed()) }

// Call is one field that a client asked for. It holds no value.
type Call struct {
	Seq    int    `json:"seq"`    // from 1, in the order in which calls ended
	Alias  string `json:"alias"`  // the key of the result
	Field  string `json:"field"`  // as the client spelt it
	Tenant string `json:"tenant"` // the id
	Secret string `json:"secret"` // the name; empty if the field is about none
	Key    string `json:"key"`    // the name of the key: admin, runner, or one of Cloud.AddKey's
	// Err is the code of the error that the field ended with; if a fault ended the
	// request it is HTTP_503 and the like, DROPPED, TRUNCATED or MALFORMED. It is
	// empty for success.
	Err string `json:"err"`
}

// Inject makes calls that match run into fault, until remove is called. Of several
// rules the first that applies to a call wins; if one of them ends the request,
// the others do not apply to its other fields. Only a key that is refused and a
// document that is no GraphQL come before a fault. A rule that never applied fails
// the test at its end; one that no call can fit fails it at once.
func (c *Cloud) Inject(match Match, fault Fault) (remove func()) {
	c.t.Helper()
	remove, err := c.fake.Inject(c.match(match), cloud.Fault(fault))
	if err != nil {
		c.t.Fatalf("testkit: Inject: %v", err)
		return func() {}
	}
	return remove
}

// Calls are the calls so far that match, the oldest first: with Nth the nth
// alone, with Times at most so many. What [Cloud.Set] does is no call. A match
// that no call can fit fails the test.
func (c *Cloud) Calls(match Match) []Call {
	c.t.Helper()
	if err := c.fake.Check(c.match(match)); err != nil {
		c.t.Fatalf("testkit: Calls: %v", err)
		return nil
	}
	var calls []Call
	for _, call := range c.fake.Calls(c.match(match)) {
		calls = append(calls, Call(call))
	}
	return calls
}

func (c *Cloud) match(m Match) cloud.Match {
	if c.only && m.Tenant == "" {
		m.Tenant = c.tenant.ID
	}
	return cloud.Match(m)
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
	calls := c.fake.Calls(cloud.Match{})
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
