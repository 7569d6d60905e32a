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
		answer.contentType, answer.body = typeText, []byte(proxyPage)
	}
	return answer
}

// withFault resolves a field, or lets the fault happen that there is for it.
func (s *session) withFault(ctx context.Context, f *graphql.Field, resolve func() (any, error)) (any, error) {
	fault := s.api.faults.ofField(s, f)
	if fault == nil {
		return resolve()
	}
	if fault.Applied {
		return fault.late(ctx, resolve)
	}
	if err := wait(ctx, fault.Delay); err != nil {
		return nil, err
	}
	if fault.failsField() {
		return nil, fault.fieldError()
	}
	return resolve()
}

// late resolves a field and lets the fault happen afterwards. An error of the
// field's own stands.
func (f *Fault) late(ctx context.Context, resolve func() (any, error)) (any, error) {
	value, err := resolve()
	if ended := wait(ctx, f.Delay); ended != nil {
		return nil, ended
	}
	if err == nil && f.failsField() {
		return nil, f.fieldError()
	}
	return value, err
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
