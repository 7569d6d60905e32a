package cloud_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

func TestTransport(t *testing.T) {
	partial := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test/path?q=1", nil)
	resp, err := cloud.Transport(partial).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); string(body) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) || resp.ContentLength != -1 {
		t.Errorf("partial body: %q, %v, length %d", body, err, resp.ContentLength)
	}

	var seen *http.Request
	silent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		w.Header().Set("X-Sent", "1")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK)
		w.Header().Set("X-Late", "1")
	})
	resp, err = cloud.Transport(silent).RoundTrip(r)
	if err != nil || resp.Status != "418 I'm a teapot" || resp.Header.Get("X-Sent") != "1" || resp.Header.Get("X-Late") != "" {
		t.Errorf("%+v, %v", resp, err)
	}
	if seen.RequestURI != "/path?q=1" || seen.Host != "api.test" || seen.Body == nil {
		t.Errorf("the handler saw %+v", seen)
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	cancel(reason)
	if _, err := cloud.Transport(silent).RoundTrip(r.WithContext(ctx)); !errors.Is(err, reason) {
		t.Errorf("cancelled: %v", err)
	}
	defer func() {
		if p := recover(); p != "bug" {
			t.Errorf("a handler's panic became %v", p)
		}
	}()
	buggy := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("bug") })
	_, _ = cloud.Transport(buggy).RoundTrip(r)
}
