package cloud

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Content types as Express and Apollo Server write them.
const (
	typeJSON = "application/json; charset=utf-8"
	typeText = "text/html; charset=utf-8"
)

// Values of headers that every answer has; nobody changes them.
var noStore, noSniff = []string{"no-store"}, []string{"nosniff"}

// endpoints are where clients send: Prefect Core from 0.15.0 to the root, 0.11.3
// and from 0.12.1 to /graphql, the others to /graphql/alpha. A slash may follow.
var endpoints = map[string]bool{"": true, "/graphql": true, "/graphql/alpha": true}

// ServeHTTP answers a POST of a GraphQL request, or of a JSON array of them, and a
// GET of a query. No answer may be kept by a cache.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := a.answer(r)
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["X-Content-Type-Options"] = []string{answer.contentType}, noStore, noSniff
	if answer.retryAfter != "" {
		h.Set("Retry-After", answer.retryAfter)
	}
	if answer.allow != "" {
		h.Set("Allow", answer.allow)
	}
	if answer.truncated {
		truncate(w, answer)
	}
	w.WriteHeader(answer.status)
	for _, part := range answer.body {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// truncate sends half of an answer and ends the connection.
func truncate(w http.ResponseWriter, answer *reply) {
	body := bytes.Join(answer.body, nil)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// answer asks who it is before it reads what they want.
func (a *API) answer(r *http.Request) *reply {
	if !endpoints[strings.TrimSuffix(r.URL.Path, "/")] {
		return plain(http.StatusNotFound, "There is nothing here. The secrets API answers at /, /graphql and /graphql/alpha.")
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return notAllowed("Send GraphQL with GET or POST.", "GET, POST")
	}
	s, refused := a.authenticate(r.Context(), r.Header)
	if refused != nil {
		a.sawRefused(r)
		a.toldRefused(r.Context(), s, refused.code)
		return refused
	}
	requests, refused := readRequests(r, func(bytes int) error { return a.config.Bounds.Body(r.Context(), s.key.Name, bytes) })
	if refused != nil {
		a.invalid(string(bytes.Join(refused.body, nil)))
		a.toldRefused(r.Context(), s, cmp.Or(refused.code, "HTTP_"+strconv.Itoa(refused.status)))
		return refused
	}
	return s.inTurn(r.Context(), requests)
}

// inTurn runs requests when it is their turn, which ends before they are answered.
func (s *session) inTurn(ctx context.Context, requests *requests) *reply {
	work, err := s.api.config.Bounds.Begin(ctx, s.key.Name, requests.size(requests.length))
	if err != nil {
		s.api.toldRefused(ctx, s, errAPI.Code)
		return busy()
	}
	defer s.api.config.Bounds.End(work)
	s.ctx = work
	return s.run(work, requests)
}

// sawRefused tells of the values of a request that is refused unread.
func (a *API) sawRefused(r *http.Request) {
	if a.config.OnValue == nil {
		return
	}
	if requests, refused := readRequests(r, func(int) error { return nil }); refused == nil {
		for _, request := range requests.list {
			a.sawVariables(request.Variables)
		}
	}
}

func plain(status int, text string) *reply {
	return &reply{status: status, contentType: typeText, body: whole([]byte(text))}
}

func notAllowed(text, allow string) *reply {
	out := plain(http.StatusMethodNotAllowed, text)
	out.allow = allow
	return out
}

// refuseMutation answers a mutation that came by GET, which caches and logs see.
func (s *session) refuseMutation(op *graphql.Operation) *reply {
	for _, f := range op.Fields {
		s.sawValue(f)
	}
	const text = "GET supports only query operation"
	s.api.invalid(text)
	return notAllowed(text, http.MethodPost)
}

// run prepares every document before it executes any, so that a fault that ends
// the whole request comes before anything is applied.
func (s *session) run(ctx context.Context, in *requests) *reply {
	prepared := make([]prepared, len(in.list))
	for i, d := range in.list {
		r := d.Request
		r.NoIntrospection = s.api.config.NoIntrospection
		if d.refused != nil {
			prepared[i].errs = []*graphql.Error{d.refused}
		} else {
			prepared[i].op, prepared[i].errs = s.api.schema.Prepare(r)
		}
		if len(prepared[i].errs) > 0 {
			s.api.sawVariables(r.Variables)
			s.api.invalid(prepared[i].errs[0].Message)
			s.api.toldRefused(ctx, s, prepared[i].errs[0].Code)
		}
	}
	if in.get && prepared[0].op != nil && prepared[0].op.Mutation {
		s.api.toldRefused(ctx, s, "HTTP_405")
		return s.refuseMutation(prepared[0].op)
	}
	whole, byField := s.api.faults.assign(s, prepared)
	if whole != nil {
		return s.faulty(ctx, whole, in.batch, prepared)
	}
	s.faults = byField
	return s.respond(ctx, in.batch, prepared)
}

// prepared is one document of a request: an operation, or what is wrong with it.
type prepared struct {
	op   *graphql.Operation
	errs []*graphql.Error
}

// fields are the fields that faults and calls are about.
func (p *prepared) fields() []*graphql.Field {
	if p.op == nil {
		return nil
	}
	out := make([]*graphql.Field, 0, len(p.op.Fields))
	for _, f := range p.op.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			out = append(out, f)
		}
	}
	return out
}

func (a *API) invalid(message string) {
	if a.config.OnInvalid != nil {
		a.config.OnInvalid(message)
	}
}

// respond executes. A single document that was not executed is 400; a batch is
// 200 whatever its parts are.
func (s *session) respond(ctx context.Context, batch bool, documents []prepared) *reply {
	out := &reply{status: http.StatusOK, contentType: typeJSON, body: whole(nil)}
	if batch {
		out.append("[")
	}
	for i, p := range documents {
		if i > 0 {
			out.append(",")
		}
		resp := &graphql.Response{Errors: p.errs}
		if p.op != nil {
			resp = p.op.Execute(ctx, s, s.around)
		} else if !batch && p.errs[0] != errPersisted {
			out.status = http.StatusBadRequest
		}
		if resp.Full != nil {
			return busy()
		}
		out.body = resp.Parts(out.body)
	}
	if batch {
		out.append("]")
	}
	out.append("\n")
	return out
}

// around puts faults before a field and records it afterwards.
func (s *session) around(ctx context.Context, f *graphql.Field, resolve func() (any, error)) (any, error) {
	if strings.HasPrefix(f.Name, "__") {
		return resolve()
	}
	s.sawValue(f)
	value, err := s.withFault(ctx, f, resolve)
	code := cmp.Or(s.outcome, codeOf(err))
	s.api.calls.add(s, f, code)
	if untold := s.told(ctx, f, code, err); untold != nil {
		return nil, untold
	}
	return value, err
}
