package actions_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// issuer is the runner's token service. Each answer has a new token.
type issuer struct {
	asked  int
	status int
	body   string
}

func (s *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked++
	if r.Header.Get("Authorization") != "Bearer request-token" ||
		r.URL.Query().Get("audience") != "https://secrets.example.com" || r.URL.Query().Get("api-version") != "2.0" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s.status != 0 {
		w.WriteHeader(s.status)
		fmt.Fprint(w, s.body)
		return
	}
	fmt.Fprintf(w, `{"count": 1, "value": "header.payload%d.signature"}`, s.asked)
}

func newRunnerWithIDToken(t *testing.T, s *issuer, out *strings.Builder) *actions.Runner {
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	env := map[string]string{
		"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
		"ACTIONS_ID_TOKEN_REQUEST_URL": server.URL + "/?api-version=2.0",
	}
	return actions.NewRunner(out, nil, func(name string) string { return env[name] })
}

func TestIDTokenIsRenewedAndMasked(t *testing.T) {
	var out strings.Builder
	s, now := &issuer{}, noon
	var sent []string
	transport := &actions.IDTokenTransport{
		Runner: newRunnerWithIDToken(t, s, &out), Audience: "https://secrets.example.com",
		Now: func() time.Time { return now },
		Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host != "secrets.example.com" {
				return http.DefaultTransport.RoundTrip(r)
			}
			sent = append(sent, r.Header.Get("Authorization"))
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		}),
	}
	for _, later := range []time.Duration{0, time.Minute, time.Minute, time.Second} {
		now = now.Add(later)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost,
			"https://secrets.example.com/", nil)
		request.Header.Set("Authorization", "Bearer placeholder")
		if _, err := transport.RoundTrip(request); err != nil {
			t.Fatal(err)
		}
		if request.Header.Get("Authorization") != "Bearer placeholder" {
			t.Error("the caller's request was changed")
		}
	}
	want := []string{
		"Bearer header.payload1.signature", "Bearer header.payload1.signature",
		"Bearer header.payload2.signature", "Bearer header.payload2.signature",
	}
	if strings.Join(sent, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent %q", sent)
	}
	for _, mask := range []string{
		"::add-mask::header.payload1.signature\n", "::add-mask::header.payload2.signature\n",
	} {
		if !strings.Contains(out.String(), mask) {
			t.Errorf("%q is missing", mask)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestIDTokenErrorsHoldNoAnswer(t *testing.T) {
	for _, s := range []*issuer{
		{status: 500, body: "CANARY"}, {status: 200, body: `"CANARY`},
		{status: 200, body: `{"value": ""}`},
	} {
		_, err := newRunnerWithIDToken(t, s, &strings.Builder{}).IDToken(t.Context(), http.DefaultClient,
			"https://secrets.example.com")
		if err == nil || strings.Contains(err.Error(), "CANARY") || !strings.Contains(err.Error(), "id token") {
			t.Errorf("status %d: %v", s.status, err)
		}
	}
}

func TestHasIDToken(t *testing.T) {
	none := actions.NewRunner(&strings.Builder{}, nil, func(string) string { return "" })
	if none.HasIDToken() || !newRunnerWithIDToken(t, &issuer{}, &strings.Builder{}).HasIDToken() {
		t.Error("HasIDToken does not tell the two apart")
	}
}

// An error about the token names GitHub, and not the API.
func TestIDTokenSaysWhoFailed(t *testing.T) {
	api := roundTripper(func(*http.Request) (*http.Response, error) { panic("the API was asked") })
	for status, final := range map[int]bool{403: true, 400: true, 429: false, 502: false} {
		var out strings.Builder
		s := &issuer{status: status, body: "CANARY"}
		transport := &actions.IDTokenTransport{
			Runner: newRunnerWithIDToken(t, s, &out), Audience: "https://secrets.example.com",
			Now: time.Now, Base: routeAPI(api),
		}
		client, err := prefect.NewClient(prefect.ClientConfig{
			URL: "https://secrets.example.com", APIKey: "k", Transport: transport, KnownMessages: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.ListSecrets(t.Context())
		want := fmt.Sprintf(": HTTP %d", status)
		if err == nil || !strings.HasSuffix(err.Error(), want) ||
			!strings.Contains(err.Error(), "asking GitHub for an id token at 127.0.0.1:") ||
			strings.Contains(err.Error(), "secrets.example.com") ||
			prefect.Retryable(err) == final || prefect.MayBeDone(err) {
			t.Errorf("status %d: %v, retryable %v", status, err, prefect.Retryable(err))
		}
	}
}

// routeAPI sends requests for the API to api, and others over the network.
func routeAPI(api http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "secrets.example.com" {
			return api.RoundTrip(r)
		}
		return http.DefaultTransport.RoundTrip(r)
	})
}
