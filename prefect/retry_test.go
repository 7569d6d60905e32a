package prefect_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestWhatMayBeTriedAgain(t *testing.T) {
	tests := map[string]struct {
		fault            faults.Fault
		retry, maybeDone bool
	}{
		"429":                 {faults.RateLimited(0), true, false},
		"503":                 {faults.Unavailable(), true, true},
		"dropped":             {faults.Fault{Drop: true}, true, true},
		"applied, reply lost": {faults.ReplyLost(), true, true},
		"truncated":           {faults.Fault{Truncate: true}, true, true},
		"a proxy's page":      {faults.Fault{Malformed: true}, true, true},
		"API_ERROR":           {faults.PartialFailure(), true, true},
		"refused by name":     {faults.Fault{Code: "FORBIDDEN"}, false, false},
		"400":                 {faults.Fault{Status: 400}, false, false},
		"413":                 {faults.Fault{Status: 413}, false, false},
		"key refused":         {faults.KeyExpired(), false, false},
		"408":                 {faults.Fault{Status: 408}, true, false},
	}
	for name, tt := range tests {
		fake := testkit.New(t)
		fake.Inject(faults.Match{Field: "setSecret"}, tt.fault)
		err := fake.AdminClient().SetSecret(t.Context(), "A", "x")
		if err == nil || prefect.Retryable(err) != tt.retry || prefect.MayBeDone(err) != tt.maybeDone {
			t.Errorf("%s: retryable %v, may be done %v: %v", name, prefect.Retryable(err), prefect.MayBeDone(err), err)
		}
	}
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	failing := func(err error) http.RoundTripper {
		return roundTripper(func(*http.Request) (*http.Response, error) { return nil, err })
	}
	unknownHost := &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}
	noPort := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	untrusted := &tls.CertificateVerificationError{Err: errors.New("unknown authority")}
	reset := &net.OpError{Op: "read", Err: errors.New("connection reset")}
	plainHTTP := tls.RecordHeaderError{RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}}
	tests := map[string]struct {
		ctx              context.Context
		transport        http.RoundTripper
		retry, maybeDone bool
	}{
		"no such host":  {t.Context(), failing(unknownHost), false, false},
		"no port":       {t.Context(), failing(noPort), true, false},
		"not trusted":   {t.Context(), failing(untrusted), false, true},
		"plain http":    {t.Context(), failing(plainHTTP), false, true},
		"reset":         {t.Context(), failing(reset), true, true},
		"context ended": {canceled, cloud.Transport(http.NotFoundHandler()), false, true},
	}
	for name, tt := range tests {
		client := newClient(t, tt.transport)
		err := client.SetSecret(tt.ctx, "A", "x")
		if err == nil || prefect.Retryable(err) != tt.retry || prefect.MayBeDone(err) != tt.maybeDone {
			t.Errorf("%s: retryable %v, may be done %v: %v", name, prefect.Retryable(err), prefect.MayBeDone(err), err)
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	tests := map[string]struct{ min, max time.Duration }{
		"3": {3 * time.Second, 3 * time.Second}, " 3 ": {3 * time.Second, 3 * time.Second},
		in(time.Hour): {59 * time.Minute, time.Hour}, in(-time.Hour): {}, in(48 * time.Hour): {},
		"-1": {}, "86401": {}, "soon": {}, "": {}, "99999999999999999999": {},
	}
	for header, want := range tests {
		client := newClient(t, cloud.Transport(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = w.Write([]byte(`{"errors":"slow down"}`))
		})))
		var answered *prefect.APIError
		if err := client.SetSecret(t.Context(), "A", "x"); !errors.As(err, &answered) {
			t.Fatal(err)
		}
		if answered.RetryAfter < want.min || answered.RetryAfter > want.max {
			t.Errorf("Retry-After %q: %v", header, answered.RetryAfter)
		}
	}
}

func newClient(t *testing.T, transport http.RoundTripper) *prefect.Client {
	t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: "https://secrets.example.com", APIKey: "k", Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
