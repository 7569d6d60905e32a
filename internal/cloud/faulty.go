package cloud

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// proxyPage is what stands between a client and an API answers in its place.
const proxyPage = "<html>\r\n<head><title>Bad Gateway</title></head>\r\n<body><h1>Bad Gateway</h1></body>\r\n</html>\r\n"

// faulty answers a request that a fault is about as a whole.
func (s *session) faulty(ctx context.Context, fault *Fault, batch bool, documents []prepared) *reply {
	s.outcome = fault.outcome()
	if !fault.Applied && wait(ctx, fault.Delay) != nil {
		s.recordAll(documents)
		panic(http.ErrAbortHandler)
	}
	var answer *reply
	if fault.carriedOut() {
		answer = s.respond(ctx, batch, documents)
	} else {
		s.recordAll(documents)
	}
	if fault.Applied && wait(ctx, fault.Delay) != nil || fault.Drop {
		panic(http.ErrAbortHandler)
	}
	if fault.Status != 0 {
		answer = fault.answer()
	}
	return fault.spoilt(answer)
}

// recordAll records a request of which nothing is carried out, field by field.
func (s *session) recordAll(documents []prepared) {
	for i := range documents {
		for _, f := range documents[i].fields() {
			s.sawValue(f)
			s.api.calls.add(s, f, s.outcome)
		}
	}
}

func (f *Fault) answer() *reply {
	message := f.Message
	if message == "" {
		message = fmt.Sprintf("%d %s (injected)", f.Status, http.StatusText(f.Status))
	}
	var data []byte
	if f.Status == http.StatusOK {
		data = []byte("null")
	}
	out := errorReply(f.Status, &graphql.Error{Message: message, Code: f.Code}, data)
	if f.RetryAfter > 0 {
		out.retryAfter = fmt.Sprint(int64((f.RetryAfter + time.Second - 1) / time.Second))
	}
	return out
}

func (f *Fault) spoilt(answer *reply) *reply {
	answer.truncated = f.Truncate
	if f.Malformed {
		answer.contentType, answer.body = typeText, whole([]byte(proxyPage))
	}
	return answer
}

// withFault resolves a field, or lets the fault happen that there is for it.
func (s *session) withFault(ctx context.Context, f *graphql.Field, resolve func() (any, error)) (any, error) {
	r := s.faults[f]
	if r == nil {
		return resolve()
	}
	if r.Applied {
		return s.late(ctx, r, resolve)
	}
	if err := s.delay(ctx, r); err != nil {
		return nil, err
	}
	if r.failsField() {
		return nil, r.fieldError()
	}
	return resolve()
}

// late resolves a field and lets the fault happen afterwards. An error of the
// field's own stands.
func (s *session) late(ctx context.Context, r *rule, resolve func() (any, error)) (any, error) {
	value, err := resolve()
	if ended := s.delay(ctx, r); ended != nil {
		return nil, ended
	}
	if err == nil && r.failsField() {
		return nil, r.fieldError()
	}
	return value, err
}

// delay lets a rule's time pass, once in a request.
func (s *session) delay(ctx context.Context, r *rule) error {
	if r.Delay == 0 || s.delayed[r] {
		return nil
	}
	if s.delayed == nil {
		s.delayed = map[*rule]bool{}
	}
	s.delayed[r] = true
	return wait(ctx, r.Delay)
}

func (f *Fault) failsField() bool { return f.Sealed || f.Code != "" || f.Message != "" }

func (f *Fault) fieldError() error {
	switch {
	case f.Sealed:
		return errAPI
	case f.Message == "":
		return &graphql.Error{Message: f.Code + " (injected)", Code: f.Code}
	}
	return &graphql.Error{Message: f.Message, Code: f.Code}
}
