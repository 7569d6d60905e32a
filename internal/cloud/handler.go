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

// endpoints are where clients send: Prefect Core from 0.15.0 to the root, 0.11.3
// and from 0.12.1 to /graphql, the others to /graphql/alpha. A slash may follow.
var endpoints = map[string]bool{"": true, "/graphql": true, "/graphql/alpha": true}

// ServeHTTP answers a POST of a GraphQL request, or of a JSON array of them, and a
// GET of a query. No answer may be kept by a cache.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.answer(r).write(w) }

// answer asks who it is before it reads what they want.
func (a *API) answer(r *http.Request) *Reply {
	if !endpoints[strings.TrimSuffix(r.URL.Path, "/")] {
		return textReply(http.StatusNotFound, "There is nothing here. The secrets API answers at /, /graphql and /graphql/alpha.")
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return methodNotAllowed("Send GraphQL with GET or POST.", "GET, POST")
	}
	s, refused := a.authenticate(r.Context(), r.Header)
	if refused != nil {
		a.recordRefused(r)
		a.reportRefused(r.Context(), s, refused.code)
		return refused
	}
	requests, refused := readRequests(r, func(bytes int) error { return a.config.Bounds.Body(r.Context(), s.key.Name, bytes) })
	if refused != nil {
		a.invalid(string(bytes.Join(refused.Body, nil)))
		a.reportRefused(r.Context(), s, cmp.Or(refused.code, "HTTP_"+strconv.Itoa(refused.Status)))
		return refused
	}
	return s.runInTurn(r.Context(), requests)
}

// inTurn runs requests when it is their turn, which ends before they are answered.
func (s *session) runInTurn(ctx context.Context, requests *requests) *Reply {
	work, err := s.api.config.Bounds.Begin(ctx, s.key.Name, requests.size(requests.length))
	if err != nil {
		s.api.reportRefused(ctx, s, errAPI.Code)
		return busy()
	}
	defer s.api.config.Bounds.End(work)
	s.ctx = work
	return s.run(work, requests)
}

// sawRefused tells of the values of a request that is refused unread.
func (a *API) recordRefused(r *http.Request) {
	if a.config.OnValue == nil {
		return
	}
	if requests, refused := readRequests(r, func(int) error { return nil }); refused == nil {
		for _, request := range requests.list {
			a.recordVariables(request.Variables)
		}
	}
}

// refuseMutation answers a mutation that came by GET, which caches and logs see.
func (s *session) refuseMutation(op *graphql.Operation) *Reply {
	for _, f := range op.Fields {
		s.recordValue(f)
	}
	const text = "GET supports only query operation"
	s.api.invalid(text)
	return methodNotAllowed(text, http.MethodPost)
}

// run prepares every document before it executes any, so that a [Hook] that ends
// the whole request comes before anything is carried out.
func (s *session) run(ctx context.Context, in *requests) *Reply {
	prepared := make([]prepared, len(in.list))
	for i, d := range in.list {
		r := d.Request
		r.NoIntrospection = s.api.config.NoIntrospection
		if d.err != nil {
			prepared[i].errs = []*graphql.Error{d.err}
		} else {
			prepared[i].op, prepared[i].errs = s.api.schema.Prepare(r)
		}
		if len(prepared[i].errs) > 0 {
			s.api.recordVariables(r.Variables)
			s.api.invalid(prepared[i].errs[0].Message)
			s.api.reportRefused(ctx, s, prepared[i].errs[0].Code)
		}
	}
	if in.get && prepared[0].op != nil && prepared[0].op.Mutation {
		s.api.reportRefused(ctx, s, "HTTP_405")
		return s.refuseMutation(prepared[0].op)
	}
	if s.api.config.Hook != nil {
		return s.hook(ctx, in.batch, prepared)
	}
	return s.respond(ctx, in.batch, prepared)
}

// prepared is one document of a request: an operation, or what is wrong with it.
type prepared struct {
	op   *graphql.Operation
	errs []*graphql.Error
}

// fields are those of Query and Mutation, but for those that every schema has.
func (p *prepared) fields() []*graphql.Field {
	switch {
	case p.op == nil:
		return nil
	case !slices.ContainsFunc(p.op.Fields, isMetaField):
		return p.op.Fields
	}
	return slices.DeleteFunc(slices.Clone(p.op.Fields), isMetaField)
}

// everyones tells the fields that every schema has.
func isMetaField(f *graphql.Field) bool { return strings.HasPrefix(f.Name, "__") }

func (a *API) invalid(message string) {
	if a.config.OnInvalid != nil {
		a.config.OnInvalid(message)
	}
}

// respond executes. A single document that was not executed is 400; a batch is
// 200 whatever its parts are.
func (s *session) respond(ctx context.Context, batch bool, documents []prepared) *Reply {
	out := &Reply{Status: http.StatusOK, ContentType: typeJSON, Body: onePart(nil)}
	if batch {
		out.append("[")
	}
	for i, p := range documents {
		if i > 0 {
			out.append(",")
		}
		resp := &graphql.Response{Errors: p.errs}
		if p.op != nil {
			resp = p.op.Execute(ctx, s, s.middleware)
		} else if !batch && p.errs[0] != errPersisted {
			out.Status = http.StatusBadRequest
		}
		if resp.GrowErr != nil {
			return busy()
		}
		out.Body = resp.Parts(out.Body)
	}
	if batch {
		out.append("]")
	}
	out.append("\n")
	return out
}

// around puts a hook around a field, and tells of the outcome.
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
	if untold := s.reportCall(ctx, f, codeOf(err), err); untold != nil {
		return nil, untold
	}
	return value, err
}
