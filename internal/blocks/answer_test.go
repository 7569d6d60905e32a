package blocks_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// The answers of Prefect's servers are those of 3.9.1 and 2.20.27.
func TestWhatAnAnswerMeans(t *testing.T) {
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>" + canary))
		}
	}
	redirect := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://login.example.com/?next="+canary)
		w.WriteHeader(http.StatusFound)
	}
	const storeOf1 = ": use the URL in PREFECT_API_URL. Is this the URL of the store of Prefect 1?"
	tests := map[string]struct {
		path    string
		answer  http.HandlerFunc
		want    string
		matches error
		retry   bool
	}{
		"no /api, 3":           {"", answerJSON(404, `{"detail":"Not Found"}`), "no API of Prefect 2 or 3 at http://localhost: use http://localhost/api", nil, false},
		"no /api, 2":           {"", answerJSON(405, `{"detail":"Method Not Allowed"}`), "use http://localhost/api", nil, false},
		"a page, 3":            {"/dashboard", answerJSON(404, `{"detail":"Not Found"}`), "at http://localhost/dashboard: use http://localhost/api", nil, false},
		"a page, 2":            {"/flow-runs/flow-run/1", answerJSON(405, `{"detail":"Method Not Allowed"}`), "use http://localhost/api", nil, false},
		"below a path":         {"/prefect", answerJSON(404, `{"detail":"Not Found"}`), "use http://localhost/prefect/api", nil, false},
		"a page in HTML":       {"/dashboard", html(200), "http://localhost/dashboard answered with a web page: use http://localhost/api", prefect.ErrNoAnswer, true},
		"/api twice":           {"/api/api", answerJSON(404, `{"detail":"Not Found"}`), "at http://localhost/api/api: use the URL in PREFECT_API_URL", nil, false},
		"nothing there":        {"/api", html(404), storeOf1, nil, false},
		"a store of Prefect 1": {"", html(404), storeOf1, nil, false},
		"the same, in text":    {"", answerText(404, "404 page not found"), storeOf1, nil, false},
		"a login page":         {"/api", html(200), "use the URL in PREFECT_API_URL, without a login page in front of it", prefect.ErrNoAnswer, true},
		"a redirect":           {"/api", redirect, "redirect to another host: is a proxy or a login page in front of it?", nil, false},
		"GraphQL":              {"/", answerJSON(400, `{"errors":[{"message":"Must provide query string."}]}`), "answers like a GraphQL API of Prefect 1", nil, false},
		"GraphQL, 200":         {"/", answerJSON(200, `{"data":null,"errors":[]}`), "answers like a GraphQL API of Prefect 1", prefect.ErrNoAnswer, true},
		"401":                  {"/api", answerJSON(401, `{"exception_message":"Unauthorized"}`), "the API key was not accepted", prefect.ErrUnauthenticated, false},
		"a proxy's 401":        {"/api", html(401), "a proxy in front of http://localhost/api requires its own login", nil, false},
		"403":                  {"/api", answerJSON(403, `{"detail":"`+canary+`"}`), "the API key may not do this (HTTP 403)", prefect.ErrForbidden, false},
		"a proxy's 403":        {"/api", html(403), "a proxy in front of http://localhost/api refused the request", nil, false},
		"CSRF":                 {"/api", answerJSON(403, `{"detail":"Missing CSRF token."}`), "set PREFECT_SERVER_CSRF_PROTECTION_ENABLED=false on the server", nil, false},
		"422":                  {"/api", answerJSON(422, `{"exception_message":"Invalid request received.","request_body":"`+canary+`"}`), "the API refused the request: Invalid request received. (HTTP 422)", nil, false},
		"422, unknown":         {"/api", answerJSON(422, `{"detail":"`+canary+`"}`), "the API refused the request (HTTP 422)", nil, false},
		"429":                  {"/api", answerJSON(429, `{"detail":"`+canary+`"}`), "too many requests (HTTP 429)", prefect.ErrRateLimited, true},
		"a proxy's 429":        {"/api", html(429), "too many requests (HTTP 429)", prefect.ErrRateLimited, true},
		"500":                  {"/api", answerJSON(500, `{"exception_message":"Internal Server Error"}`), "the API is not available: Internal Server Error (HTTP 500): try again later, and see the server's log", nil, true},
		"502":                  {"/api", html(502), "the API is not available (HTTP 502)", nil, true},
		"413":                  {"/api", html(413), "a proxy in front of http://localhost/api limits the length of requests", nil, false},
		"https is wanted":      {"/api", answerText(400, "Client sent an HTTP request to an HTTPS server."), "use https://localhost/api", nil, false},
		"an unknown 2xx":       {"/api", answerJSON(206, `[]`), "unexpected JSON from http://localhost/api: use the URL in PREFECT_API_URL", prefect.ErrNoAnswer, true},
		"status 304":           {"/api", answerJSON(304, ``), "the API answered with a redirect: is a proxy or a login page in front of it? (HTTP 304)", nil, false},
	}
	for name, tt := range tests {
		client := mustNew(t, blocks.Config{
			URL: "http://localhost" + tt.path, AuthString: "admin:" + canary, Transport: cloud.Transport(tt.answer),
		})
		_, err := client.ListSecrets(t.Context())
		switch {
		case err == nil || !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		case strings.Contains(err.Error(), canary):
			t.Errorf("%s: the error holds what the server says", name)
		case prefect.Retryable(err) != tt.retry:
			t.Errorf("%s: retryable: %v", name, !tt.retry)
		}
		for _, kind := range []error{prefect.ErrUnauthenticated, prefect.ErrForbidden, prefect.ErrRateLimited, prefect.ErrNoAnswer} {
			if errors.Is(err, kind) != (kind == tt.matches) {
				t.Errorf("%s: %v is %v: %v", name, err, kind, errors.Is(err, kind))
			}
		}
	}
}

// A write says what to do after a failure, as a read does. Prefect Cloud shows no log.
func TestAServerThatFails(t *testing.T) {
	const failed = "(HTTP 500): try again later"
	fake := blockstest.New()
	fake.Inject(faults.Match{Field: blockstest.Create}, faults.Fault{Status: 500})
	result := newClient(t, fake).SetSecrets(t.Context(), []prefect.NamedValue{secret("a", canary)}, nil)[0]
	if result.Err == nil || !strings.HasSuffix(result.Err.Error(), failed+", and see the server's log") {
		t.Errorf("a write: %v", result.Err)
	}
	const id = "0a3ff4ed-1a3e-4b4f-8e2f-7d0c8a1b2c3d"
	inCloud := mustNew(t, blocks.Config{
		URL: "https://api.prefect.cloud/api/accounts/" + id + "/workspaces/" + id, Key: "pnu_x",
		Transport: cloud.Transport(answerJSON(500, `{"exception_message":"Internal Server Error"}`)),
	})
	if _, err := inCloud.ListSecrets(t.Context()); err == nil || !strings.HasSuffix(err.Error(), failed) {
		t.Errorf("Prefect Cloud: %v", err)
	}
}

func answerText(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestKeysAreNamed(t *testing.T) {
	refused := answerJSON(401, `{"exception_message":"Unauthorized"}`)
	_, err := newClient(t, refused).ListSecrets(t.Context())
	if err == nil || !strings.Contains(err.Error(), "requires a key: set PREFECT_API_AUTH_STRING") || errors.Is(err, prefect.ErrUnauthenticated) {
		t.Errorf("without a key: %v", err)
	}
	failing := answerJSON(500, `{"exception_message":"Internal Server Error"}`)
	client := mustNew(t, blocks.Config{URL: "http://localhost/api", AuthString: "admin:pä" + canary, Transport: cloud.Transport(failing)})
	_, err = client.ListSecrets(t.Context())
	if err == nil || !strings.Contains(err.Error(), "outside ASCII") || strings.Contains(err.Error(), canary) || prefect.Retryable(err) {
		t.Errorf("with a key that is not ASCII: %v", err)
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	client := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	for _, result := range client.SetSecrets(t.Context(), []prefect.NamedValue{secret("a", canary)}, nil) {
		var answered *prefect.APIError
		if !errors.As(result.Err, &answered) || answered.RetryAfter != 7*time.Second {
			t.Errorf("got %v", result.Err)
		}
	}
}

// A redirect is not followed: the key would reach another host.
func TestNoRedirectIsFollowed(t *testing.T) {
	var reached bool
	other := startServer(t, func(http.ResponseWriter, *http.Request) { reached = true })
	for _, status := range []int{301, 302, 303, 307, 308} {
		url := startServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", other)
			w.WriteHeader(status)
		})
		client := mustNew(t, blocks.Config{URL: url, Key: "pnu_" + canary})
		if _, err := client.ListSecrets(t.Context()); err == nil || reached {
			t.Errorf("%d: %v, and the other host was reached: %v", status, err, reached)
		}
	}
}

func TestAuthorization(t *testing.T) {
	for want, c := range map[string]blocks.Config{
		"":                           {},
		"Bearer pnu_x":               {Key: "pnu_x"},
		"Basic YWRtaW46cGFzcyB3b3Jk": {AuthString: "admin:pass word"},
	} {
		got := "unset"
		c.URL = "http://localhost/api"
		c.Transport = cloud.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Authorization")
			_, _ = w.Write([]byte("[]"))
		}))
		if _, err := mustNew(t, c).ListSecrets(t.Context()); err != nil || got != want {
			t.Errorf("got %q, want %q: %v", got, want, err)
		}
	}
}

func TestNew(t *testing.T) {
	const account, workspace = "0a3ff4ed-1a3e-4b4f-8e2f-7d0c8a1b2c3d", "1b3ff4ed-1a3e-4b4f-8e2f-7d0c8a1b2c3d"
	for name, tt := range map[string]struct {
		config blocks.Config
		want   string // empty for no error
	}{
		"a server":            {blocks.Config{URL: "https://prefect.example.com/api/"}, ""},
		"a workspace":         {blocks.Config{URL: "https://api.prefect.cloud/api/accounts/" + account + "/workspaces/" + workspace, Key: "pnu_x"}, ""},
		"Cloud without a key": {blocks.Config{URL: "https://api.prefect.cloud/api/accounts/" + account + "/workspaces/" + workspace}, "use an API key for Prefect Cloud"},
		"no workspace":        {blocks.Config{URL: "https://api.prefect.cloud/api", Key: "pnu_x"}, "must name a workspace"},
		"Cloud's page":        {blocks.Config{URL: "https://app.prefect.cloud/account/" + account + "/workspace/" + workspace + "/dashboard", Key: "pnu_x"}, "use https://api.prefect.cloud/api/accounts/" + account + "/workspaces/" + workspace},
		"another of Cloud's":  {blocks.Config{URL: "https://app.prefect.cloud/my/profile", Key: "pnu_x"}, "use https://api.prefect.cloud/api/accounts/ACCOUNT/workspaces/WORKSPACE"},
		"not absolute":        {blocks.Config{URL: canary}, "must be absolute"},
		"a user":              {blocks.Config{URL: "https://admin:" + canary + "@prefect.example.com/api"}, "must not contain a user"},
		"a query":             {blocks.Config{URL: "https://prefect.example.com/api?key=" + canary}, "must not have a query"},
		"plain http":          {blocks.Config{URL: "http://prefect.example.com/api"}, "use https"},
		"allowed http":        {blocks.Config{URL: "http://prefect.example.com/api", AllowHTTP: true}, ""},
		"two keys":            {blocks.Config{URL: "https://prefect.example.com/api", Key: canary, AuthString: canary}, "not both"},
		"a bad key":           {blocks.Config{URL: "https://prefect.example.com/api", Key: canary + " x"}, "contains a space"},
		"a reader":            {blocks.Config{URL: "https://prefect.example.com/api", Reader: "1"}, `unknown reader "1": use 2 or 3`},
	} {
		if tt.config.Reader == "" {
			tt.config.Reader = blocks.Reader2
		}
		_, err := blocks.New(tt.config)
		switch {
		case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		case err != nil && strings.Contains(err.Error(), canary):
			t.Errorf("%s: the error quotes the key", name)
		}
	}
}
