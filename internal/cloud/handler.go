package cloud

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// endpoints are the paths that clients send to, without the slash that may follow:
// Prefect Core from 0.15.0 sends to the root, 0.11.3 and from 0.12.1 to /graphql,
// the others to /graphql/alpha.
var endpoints = map[string]bool{"": true, "/graphql": true, "/graphql/alpha": true}

// IsEndpoint reports whether clients send GraphQL to path.
func IsEndpoint(path string) bool { return endpoints[strings.TrimSuffix(path, "/")] }

// ServeHTTP answers a POST of a GraphQL request, or of a JSON array of them, and a
// GET of a query. It forbids caches to store any answer.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.answer(r).write(w) }

// answer returns the answer to a request. It authenticates before it reads the body.
func (a *API) answer(r *http.Request) *Reply {
	if !IsEndpoint(r.URL.Path) {
		return textReply(http.StatusNotFound,
			"There is nothing here. The secrets API answers at /, /graphql and /graphql/alpha.")
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return methodNotAllowed("Send GraphQL with GET or POST.", "GET, POST")
	}
	s, reply := a.authenticate(r.Context(), r.Header)
	if reply != nil {
		a.recordBodyValues(r)
		a.reportRefused(r.Context(), s, reply.code)
		return reply
	}
	requests, reply := readRequests(r, func(bytes int) error {
		return a.config.Bounds.Body(r.Context(), s.key.Name, bytes)
	})
	if reply != nil {
		a.reportInvalid(string(bytes.Join(reply.Body, nil)))
		a.reportRefused(r.Context(), s, cmp.Or(reply.code, "HTTP_"+strconv.Itoa(reply.Status)))
		return reply
	}
	return s.runInTurn(r.Context(), requests)
}

// runInTurn waits for the requests' turn and runs them. The turn ends before the
// answer is sent.
func (s *session) runInTurn(ctx context.Context, requests *requests) *Reply {
	work, err := s.api.config.Bounds.Begin(ctx, s.key.Name, requests.workingSize(requests.length))
	if err != nil {
		s.api.reportRefused(ctx, s, errAPI.Code)
		return busyReply()
	}
	defer s.api.config.Bounds.End(work)
	s.ctx = work
	return s.run(work, requests)
}

// refuseMutation refuses a mutation that came by GET, which caches and logs would
// see.
func (s *session) refuseMutation(op *graphql.Operation) *Reply {
	for _, f := range op.Fields {
		s.recordValue(f)
	}
	const onlyQueries = "GET supports only query operation"
	s.api.reportInvalid(onlyQueries)
	return methodNotAllowed(onlyQueries, http.MethodPost)
}

// run prepares every document before it executes any, so that a [Hook] can answer
// the whole request before anything is executed.
func (s *session) run(ctx context.Context, requests *requests) *Reply {
	documents := make([]prepared, len(requests.list))
	for i, d := range requests.list {
		documents[i] = s.prepare(d)
		if errs := documents[i].errs; len(errs) > 0 {
			s.api.recordVariableValues(d.Variables)
			s.api.reportInvalid(errs[0].Message)
			s.api.reportRefused(ctx, s, errs[0].Code)
		}
	}
	if op := documents[0].op; requests.get && op != nil && op.Mutation {
		s.api.reportRefused(ctx, s, "HTTP_405")
		return s.refuseMutation(op)
	}
	if s.api.config.Hook != nil {
		return s.hook(ctx, requests.batch, documents)
	}
	return s.respond(ctx, requests.batch, documents)
}

// prepare parses and validates a document, and coerces its variables.
func (s *session) prepare(d document) (p prepared) {
	if d.err != nil {
		return prepared{errs: []*graphql.Error{d.err}}
	}
	d.NoIntrospection = s.api.config.NoIntrospection
	p.op, p.errs = s.api.schema.Prepare(d.Request)
	return p
}

// prepared is one document of a request: an operation, or the errors in it.
type prepared struct {
	op   *graphql.Operation
	errs []*graphql.Error
}

// fields returns the fields of Query and Mutation, without meta fields.
func (p *prepared) fields() []*graphql.Field {
	switch {
	case p.op == nil:
		return nil
	case !slices.ContainsFunc(p.op.Fields, isMetaField):
		return p.op.Fields
	}
	return slices.DeleteFunc(slices.Clone(p.op.Fields), isMetaField)
}

// isMetaField reports whether f is a field that every schema has, such as
// __typename.
func isMetaField(f *graphql.Field) bool { return strings.HasPrefix(f.Name, "__") }

// respond executes the documents. The status is 400 for a single document that is not
// executed, except for a persisted query, and 200 for a batch in any case.
func (s *session) respond(ctx context.Context, batch bool, documents []prepared) *Reply {
	out := &Reply{Status: http.StatusOK, ContentType: typeJSON}
	out.Body = append(out.parts[:0], out.start[:0])
	if batch {
		out.append("[")
	}
	for i, p := range documents {
		if i > 0 {
			out.append(",")
		}
		resp := graphql.Response{Errors: p.errs}
		if p.op != nil {
			resp = p.op.Execute(ctx, s, s.middleware)
		} else if !batch && p.errs[0] != errPersisted {
			out.Status = http.StatusBadRequest
		}
		if resp.GrowErr != nil {
			return busyReply()
		}
		out.Body = resp.Parts(out.Body)
	}
	if batch {
		out.append("]")
	}
	out.append("\n")
	return out
}

// middleware resolves a field, through the hook if there is one, and reports the
// outcome.
func (s *session) middleware(ctx context.Context, f *graphql.Field, resolve func() (any, error)) (value any, err error) {
	if isMetaField(f) {
		return resolve()
	}
	s.recordValue(f)
	if s.hooked != nil {
		value, err = s.hooked.resolve(ctx, f, resolve)
	} else {
		value, err = resolve()
	}
	if reportErr := s.reportCall(ctx, f, err); reportErr != nil {
		return nil, reportErr
	}
	return value, err
}
