package cloud

import (
	"context"
	"net/http"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Hook intercepts the requests to an API, for tests: it makes them fail as they fail in
// production, and records what was asked for. It may be called concurrently.
// For each HTTP request, this happens in order:
//
//  1. The API identifies the key and the tenant, and reads the body. A request that is
//     refused here reaches no hook.
//  2. The API prepares all documents: it parses and validates them and coerces their
//     variables. Nothing is executed yet. A mutation that came by GET is refused here.
//  3. The API calls Handle once, with every field of Query and Mutation in all
//     documents; a document that is refused has none. The position of a field in this
//     list is its index, which stays the same in the following steps.
//  4. The hook calls [Request.Respond], once or not at all. Each field is then resolved
//     inside [Middleware.Resolve], document by document and in document order. Some
//     fields may be skipped: those after a non-null field that fails, those left when
//     the context ends, and those left when the answer has exceeded its bounds.
//  5. The API calls [Middleware.Record] with the code that the field ended with.
//  6. The API calls [Config.OnCall], which is a server's audit log. If that fails, the
//     client gets API_ERROR, and what was recorded stays.
//  7. Handle returns the reply of Respond, changed or not, or a reply of its own.
//     [Reply.Drop] closes the connection without sending it, [Reply.Cut] in the middle.
//
// [Config.OnValue] is called with a field's value before Resolve, or with all values
// if the hook does not call Respond. Without a hook, steps 3, 5 and 7 do not exist
// and cost nothing.
type Hook interface {
	Handle(ctx context.Context, r *Request) *Reply
}

// Middleware wraps the fields of one request.
type Middleware interface {
	// Sequential reports whether writes of different secrets must run one after
	// another. If not, they run concurrently where [Config.Parallel] is more than
	// one. Resolve may fail a field without resolving it only if Sequential returns
	// true.
	Sequential() bool
	// Resolve resolves the field with that index by calling resolve, or fails it.
	Resolve(ctx context.Context, index int, resolve func() (any, error)) (any, error)
	// Record is called with the code of the error that the field ended with; ""
	// means success.
	Record(r *Request, index int, code string)
}

// Request is a request whose documents are prepared.
type Request struct {
	session    *session
	documents  []prepared
	buffer     [1]prepared // holds documents if there is one, as in most requests
	batch      bool
	fields     []*graphql.Field
	middleware Middleware
	current    int // the index of the field that is being resolved
}

// Tenant returns the tenant that the request is for.
func (r *Request) Tenant() Tenant { return r.session.tenant }

// NumFields returns the number of fields.
func (r *Request) NumFields() int { return len(r.fields) }

// Call describes the field with that index. Its outcome is not known, and Err is
// empty.
func (r *Request) Call(index int) Call { return r.session.call(r.fields[index]) }

// Respond executes the request and returns the API's reply.
func (r *Request) Respond(ctx context.Context, m Middleware) *Reply {
	r.middleware, r.session.hooked = m, r
	return r.session.respond(ctx, r.batch, r.documents)
}

// hook passes a request to the hook. It copies the documents, so that they stay on
// the stack if there is no hook.
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

// FieldError returns an error that a client gets with that message and code.
func FieldError(message, code string) error { return &graphql.Error{Message: message, Code: code} }

// ErrorReply returns a reply with one error. With status 200 it also has data: null,
// which is how an API refuses a key.
func ErrorReply(status int, message, code string) *Reply {
	var data []byte
	if status == http.StatusOK {
		data = []byte("null")
	}
	return errorReply(status, &graphql.Error{Message: message, Code: code}, data)
}

// SetText replaces the body with text, sent as HTML.
func (r *Reply) SetText(text string) { r.ContentType, r.Body = typeText, onePart([]byte(text)) }

// Fields returns the names of the fields of Query and Mutation, sorted.
func (a *API) Fields() []string { return a.schema.Fields() }

// KeyNames returns the names of the keys, sorted.
func (a *API) KeyNames() []string {
	var names []string
	for name := range a.keyring.Load().byName.All() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Tenants returns the tenants. The caller must not change the slice.
func (a *API) Tenants() []Tenant { return a.keyring.Load().tenants }
