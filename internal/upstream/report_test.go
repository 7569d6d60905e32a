package upstream_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/upstream"
)

// A forwarded request is reported as one call, with its key and the status, and without
// its content.
func TestForwardedIsReported(t *testing.T) {
	const hello = `{"query":"{hello x:flow(name:\"` + canary + `\"){id}}"}`
	call := func(field, code string) cloud.Call {
		return cloud.Call{Field: field, Err: code, Key: "agent", Tenant: tenant}
	}
	answering := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	wait := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := map[string]struct {
		body   string
		answer http.HandlerFunc
		want   cloud.Call
	}{
		"answered":       {hello, nil, call("forwarded", "")},
		"a batch":        {"[" + hello + "," + hello + "]", nil, call("forwarded", "")},
		"refused":        {hello, answering(http.StatusBadRequest), call("forwarded", "HTTP_400")},
		"not answered":   {hello, drop, call("forwarded", "HTTP_502")},
		"does not begin": {hello, wait, call("forwarded", "HTTP_504")},
		"a mix":          {`{"query":"{hello secret_names}"}`, nil, call("", "HTTP_400")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, func(c *upstream.Config) { c.Timeout = 300 * time.Millisecond })
			s.answer = tt.answer
			s.post(t, "/", tt.body)
			s.mu.Lock()
			defer s.mu.Unlock()
			if diff := cmp.Diff([]cloud.Call{tt.want}, s.calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The client gets nothing of an answer that could not be reported.
func TestUnreportedIsNotAnswered(t *testing.T) {
	const want = `{"errors":[{"message":"Unable to complete operation. An internal API error occurred.",` +
		`"extensions":{"code":"API_ERROR"}}]}`
	for name, answer := range map[string]http.HandlerFunc{
		"answered":     nil,
		"not answered": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, nil)
			s.answer, s.auditFails = answer, true
			if status, got := s.post(t, "/", `{"query":"{hello}"}`); status != http.StatusServiceUnavailable || got != want {
				t.Errorf("answered %d %s", status, got)
			}
		})
	}
}
