package prefect_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// What is in front of the API, or in its place, answers in its own form. Its refusals
// are not refusals of the key, and its words are not repeated.
func TestAnswersOfOthers(t *testing.T) {
	const (
		html     = "\n<!DOCTYPE html><html><body>" + canary + "</body></html>"
		notFound = `{"detail":"Not Found"}`
		proxy401 = "a proxy in front of https://api.example.com/x requires its own login; the request did not reach the store (HTTP 401)"
		proxy403 = "a proxy in front of https://api.example.com/x refused the request before it reached the store: allow it there (HTTP 403)"
		page     = "https://api.example.com/x answered with an HTML error page: a proxy refused the request before it reached the store (HTTP "
		prefect3 = "https://api.example.com/x answers like the API of Prefect 2 or 3, which keeps secrets as blocks"
		noAPI    = "there is no GraphQL API at https://api.example.com/x: try / or /graphql (HTTP 404)"
	)
	tests := []struct {
		status     int
		body, want string
		key        error // what the key is told, if the answer is the API's own
	}{
		{401, html, proxy401, nil},
		{403, html, proxy403, nil},
		{401, "401 Unauthorized\n" + canary, proxy401, nil},
		{403, "", proxy403, nil},
		{407, html, strings.Replace(proxy401, "401", "407", 1), nil},
		{511, html, strings.Replace(proxy401, "401", "511", 1), nil},
		{400, html, page + "400)", nil},
		{431, html, page + "431)", nil},
		{451, html, page + "451)", nil},
		{429, html, "too many requests (HTTP 429)", nil},
		{204, html, "the API answered with an error (HTTP 204)", nil},
		{302, html, "the API answered with a redirect: is a proxy or a login page in front of it? (HTTP 302)", nil},
		{500, html, "the API is not available (HTTP 500)", nil},
		{403, "RBAC: access denied", proxy403, nil},
		{403, `{"message":"Forbidden"}`, proxy403, nil},
		{401, `{"errors":[{"message":"x","extensions":{"code":"UNAUTHENTICATED"}}]}`, "the API key was not accepted", prefect.ErrUnauthenticated},
		{401, `{"errors":"` + canary + `"}`, "the API key was not accepted", prefect.ErrUnauthenticated},
		{403, `{"data":null,"errors":[{"message":"x"}]}`, "the API key may not do this", prefect.ErrForbidden},
		{404, html, noAPI, nil},
		{405, "", strings.Replace(noAPI, "404", "405", 1), nil},
		{404, notFound, prefect3, nil},
		{405, `{"detail":"Method Not Allowed"}`, prefect3, nil},
		{403, `{"detail":"Missing CSRF token."}`, prefect3, nil},
		{401, `{"exception_message":"Unauthorized"}`, prefect3, nil},
		{422, `{"exception_message":"` + canary + `","exception_detail":[]}`, prefect3, nil},
		{404, `{"detail":"Not found."}`, noAPI, nil},
		{404, `{"detail":["Not Found"]}`, noAPI, nil},
		{503, `{"exception_message":"Service Unavailable"}`, "the API is not available (HTTP 503)", nil},
		{413, html, "a proxy in front of https://api.example.com/x limits the length of requests, and this one has ", nil},
		{413, `{"errors":[{"message":"x"}]}`, "the API does not accept a request of ", nil},
	}
	for _, tt := range tests {
		client, err := prefect.NewClient(prefect.ClientConfig{
			URL: "https://api.example.com/x?token=" + canary, APIKey: "k",
			Transport: roundTripper(func(*http.Request) (*http.Response, error) { return answer(tt.status, tt.body), nil }),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.ListSecrets(t.Context())
		if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d %s: %v, want %s", tt.status, strings.ReplaceAll(tt.body, canary, "…"), err, tt.want)
		}
		for _, sentinel := range []error{prefect.ErrUnauthenticated, prefect.ErrForbidden} {
			if errors.Is(err, sentinel) != (sentinel == tt.key) {
				t.Errorf("%d %s: it is %v: %v", tt.status, tt.body, sentinel, !errors.Is(err, sentinel))
			}
		}
	}
}

// A page that says so is from a server that expects https.
func TestAServerThatExpectsHTTPS(t *testing.T) {
	for _, body := range []string{"Client sent an HTTP request to an HTTPS server.\n", "<h1>400</h1>The plain HTTP request was sent to HTTPS port"} {
		client, err := prefect.NewClient(prefect.ClientConfig{
			URL: "http://localhost:4200/", APIKey: "k",
			Transport: roundTripper(func(*http.Request) (*http.Response, error) { return answer(400, body), nil }),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.ListSecrets(t.Context())
		if err == nil || !strings.Contains(err.Error(), "http://localhost:4200/ expects https: use https://localhost:4200/") {
			t.Errorf("got %v", err)
		}
	}
}

// A single secret that is refused for its length says how long the request was.
func TestTheLengthOfARefusedRequest(t *testing.T) {
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: "https://api.example.com/", APIKey: "k",
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.ContentLength > 3000 {
				return answer(413, "<html>"), nil
			}
			return answer(200, `{"data":{"a0":{"success":true}}}`), nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	results := client.SetSecrets(t.Context(), []prefect.NamedValue{
		{Name: "SMALL", Value: prefect.TextValue("x")}, {Name: "BIG", Value: prefect.TextValue(strings.Repeat("x", 5000))},
	}, nil)
	if err := results[0].Err; err != nil {
		t.Errorf("SMALL: %v", err)
	}
	if err := results[1].Err; err == nil || !strings.Contains(err.Error(), "this one has 51") {
		t.Errorf("BIG: %v", err)
	}
}
