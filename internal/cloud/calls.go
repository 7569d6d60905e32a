package cloud

import (
	"errors"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// maxCalls bounds what is recorded; beyond it the oldest are dropped.
const maxCalls = 100_000

// Call is one field of Query or Mutation that a client asked for. It holds no
// value.
type Call struct {
	// Seq counts the calls of an API from 1, in the order in which they ended.
	Seq int `json:"seq"`
	// Alias is the result key.
	Alias string `json:"alias"`
	// Field is the field's name in the client's spelling.
	Field string `json:"field"`
	// Tenant is the id of the tenant.
	Tenant string `json:"tenant"`
	// Secret is the secret's name, empty if the field is about none.
	Secret string `json:"secret"`
	// Key is the name of the key.
	Key string `json:"key"`
	// Err is, if a fault ended the request, what it ended with: HTTP_503 and the
	// like, DROPPED, TRUNCATED, MALFORMED or the code under HTTP 200; else the code
	// of the error that the field ended with. It is empty for success.
	Err string `json:"err"`
}

// seenCall is a call with what Match can ask beyond it.
type seenCall struct {
	Call
	slug string
}

type calls struct {
	on   bool
	mu   sync.Mutex
	seq  int
	list []seenCall
}

// call describes a field before its end is known.
func (s *session) call(f *graphql.Field) seenCall {
	return seenCall{
		Call: Call{Alias: f.Key, Field: f.Name, Tenant: s.tenant.ID, Secret: secretName(f), Key: s.key.Name},
		slug: s.tenant.Slug,
	}
}

func (c *calls) add(s *session, f *graphql.Field, code string) {
	if !c.on {
		return
	}
	call := s.call(f)
	call.Err = code
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	call.Seq = c.seq
	if len(c.list) >= 2*maxCalls {
		c.list = slices.Clone(c.list[maxCalls:])
	}
	c.list = append(c.list, call)
}

// codeOf is what a client sees of an error as extensions.code.
func codeOf(err error) string {
	var known *graphql.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known) && known.Code != "":
		return known.Code
	}
	return graphql.CodeInternal
}

// ClearCalls forgets the calls; the next has the number 1.
func (a *API) ClearCalls() {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	a.calls.list, a.calls.seq = nil, 0
}

// Calls returns the recorded calls that match, oldest first: with Nth only the
// nth of them, with Times at most so many. At least the latest 100,000 calls are
// kept; there are none unless Config.Record is set.
func (a *API) Calls(m Match) []Call {
	a.calls.mu.Lock()
	defer a.calls.mu.Unlock()
	var out []Call
	for _, c := range a.calls.list {
		if m.covers(c) {
			out = append(out, c.Call)
		}
	}
	if m.Nth > 0 {
		first := min(m.Nth-1, len(out))
		out = out[first:min(m.Nth, len(out))]
	}
	if m.Times > 0 {
		out = out[:min(m.Times, len(out))]
	}
	return out
}
