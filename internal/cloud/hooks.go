package cloud

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Hook stands between clients and an API, for tests: it makes requests fail as they
// fail in production, and records what was asked for. It may be called concurrently.
// Of an HTTP request this happens, in this order:
//
//  1. The API finds the key and the tenant, and reads the body. No hook sees a request
//     that is refused there.
//  2. It prepares all documents: parses and validates them and coerces their variables.
//     Nothing is carried out yet. A mutation that came by GET is refused here.
//  3. It calls the hook, once, with every field of Query and Mutation in all documents;
//     a document that is refused has none. The place of a field in this list is its
//     index, which stays the same in what follows.
//  4. The hook calls [Request.Respond], once or not at all. Each field is then resolved
//     inside [Middleware.Resolve], document by document and in document order. Fields may
//     have no turn: after one that fails and must not be null, when the context ends,
//     and without room for the answer.
//  5. [Middleware.Record] is called with the code that the field ended with.
//  6. [Config.OnCall] is called, which is a server's audit log. If it fails the client
//     gets API_ERROR, and what was recorded stays.
//  7. The hook returns what Respond gave it, changed or not, or a reply of its own.
//     [Reply.Drop] ends the connection without it, [Reply.Cut] in its middle.
//
// [Config.OnValue] is called with a field's value before Resolve, and with all values
// where the hook does not call Respond. Without a hook steps 3, 5 and 7 are left out
// and cost nothing.
type Hook interface {
	Handle(ctx context.Context, r *Request) *Reply
}

// Around stands around the fields of one request.
type Middleware interface {
	// InTurn reports whether writes of different secrets are to wait for one another,
	// as they do not where [Config.Parallel] is more than one. Resolve may fail a field
	// without resolving it only if it does.
	Sequential() bool
	// Resolve resolves the field of that index, or fails it.
	Resolve(ctx context.Context, index int, resolve func() (any, error)) (any, error)
	// Record is called with the code of the error that the field ended with; "" is
	// success.
	Record(r *Request, index int, code string)
}

// Request is a request whose documents are prepared.
type Request struct {
	session    *session
	documents  []prepared
	buffer     [1]prepared // for those of most requests
	batch      bool
	fields     []*graphql.Field
	middleware Middleware
	current    int // the index of the field whose turn it is
}

// Tenant is the tenant that the request is about.
func (r *Request) Tenant() Tenant { return r.session.tenant }

// Len is how many fields there are.
func (r *Request) Len() int { return len(r.fields) }

// Call describes the field of that index. Its end is not known, and Err empty.
func (r *Request) Call(index int) Call { return r.session.call(r.fields[index]) }

// Respond carries the request out, and gives the reply of the API.
func (r *Request) Respond(ctx context.Context, around Middleware) *Reply {
	r.middleware, r.session.hooked = around, r
	return r.session.respond(ctx, r.batch, r.documents)
}

// hook leaves a request to the hook. The documents are copied, so that they stay on
// the stack where there is no hook.
func (s *session) hook(ctx context.Context, batch bool, documents []prepared) *Reply {
	r := &Request{session: s, batch: batch, fields: documents[0].fields()}
	r.documents = append(r.buffer[:0], documents...)
	for i := range documents[1:] {
		r.fields = slices.Concat(r.fields, documents[1+i].fields())
	}
	reply := s.api.config.Hook.Handle(ctx, r)
	if s.hooked == nil {
		for _, f := range r.fields {
			s.recordValue(f)
		}
	}
	return reply
}

func (r *Request) resolve(ctx context.Context, f *graphql.Field, resolve func() (any, error)) (any, error) {
	for r.fields[r.current] != f {
		r.current++
	}
	value, err := r.middleware.Resolve(ctx, r.current, resolve)
	r.middleware.Record(r, r.current, codeOf(err))
	return value, err
}

// FieldError is an error that a client gets with that message and code.
func FieldError(message, code string) error { return &graphql.Error{Message: message, Code: code} }

// ErrorReply answers a request with one error. Under 200 there is data: null beside
// it, which is how an API refuses a key.
func ErrorReply(status int, message, code string) *Reply {
	var data []byte
	if status == http.StatusOK {
		data = []byte("null")
	}
	return errorReply(status, &graphql.Error{Message: message, Code: code}, data)
}

// SetText puts a text, as HTML, in place of the body.
func (r *Reply) SetText(text string) { r.ContentType, r.Body = typeText, onePart([]byte(text)) }

// Fields are the names of the fields of Query and Mutation, sorted.
func (a *API) Fields() []string { return a.schema.Fields() }

// KeyNames are the names of the keys, sorted.
func (a *API) KeyNames() []string { return slices.Sorted(maps.Keys(a.keyring.Load().byName)) }

// Tenants are the tenants; the caller must not change them.
func (a *API) Tenants() []Tenant { return a.keyring.Load().tenants }
