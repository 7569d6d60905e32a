package prefect_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestClientSetsListsReadsDeletes(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	for name, value := range map[string]any{
		"my secret": 42, "päß": "ü \"quoted\" $x\n", "OBJECT": map[string]any{"a": []any{1, nil}},
		"BIG": jsonNumber("123456789012345678901234567890.10"), "TEXT": "<tag>&",
	} {
		if err := client.SetSecret(t.Context(), name, value); err != nil {
			t.Fatal(err)
		}
	}
	names, err := client.ListSecrets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"BIG", "OBJECT", "TEXT", "my secret", "päß"}, names); diff != "" {
		t.Error(diff)
	}
	value, err := cloud.RunnerClient().GetSecret(t.Context(), "BIG")
	if err != nil || string(value.Reveal()) != "123456789012345678901234567890.10" {
		t.Errorf("BIG lost digits, or: %v", err)
	}
	if err := errors.Join(client.DeleteSecret(t.Context(), "BIG"), client.DeleteSecret(t.Context(), "BIG")); err != nil {
		t.Error(err)
	}
	cloud.AssertSecrets(t, map[string]any{
		"my secret": 42, "päß": "ü \"quoted\" $x\n", "OBJECT": map[string]any{"a": []any{1, nil}}, "TEXT": "<tag>&",
	})
}

// maxBatch is how many secrets one document holds.
const maxBatch = 100

type jsonNumber string

func (n jsonNumber) MarshalJSON() ([]byte, error) { return []byte(n), nil }

func TestSetSecretsHasAResultForEachName(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("s7", "old")
	cloud.Set("s8", "v8")
	client := cloud.AdminClient()
	if _, err := client.ListSecrets(t.Context()); err != nil { // finds out that this API answers changed
		t.Fatal(err)
	}
	cloud.Inject(faults.Match{Field: "set_secret", Secret: "s3"},
		faults.Fault{Code: "API_ERROR", Message: "no: \"" + canary + "3\""})
	var batch []prefect.NamedValue
	for i := range maxBatch {
		batch = append(batch, prefect.NamedValue{Name: fmt.Sprint("s", i), Value: prefect.TextValue(valueOf(i))})
	}
	results := client.SetSecrets(t.Context(), batch, nil)
	for i, r := range results {
		switch {
		case r.Name != batch[i].Name:
			t.Errorf("result %d is of %s", i, r.Name)
		case (r.Err != nil) != (i == 3):
			t.Errorf("%s: %v", r.Name, r.Err)
		case r.Changed != (i != 8):
			t.Errorf("%s: changed is %v", r.Name, r.Changed)
		}
	}
	if text := results[3].Err.Error(); strings.Contains(text, canary) || !strings.Contains(text, "API_ERROR") || !strings.Contains(text, "no:") {
		t.Errorf("the error shows a value, or not what the server said: %s", strings.ReplaceAll(text, canary, "<canary>"))
	}
	if calls := cloud.Calls(faults.Match{Field: "setSecret"}); len(calls) != maxBatch || client.Requests() != 2 {
		t.Errorf("%d calls in %d requests, want %d in 2", len(calls), client.Requests(), maxBatch)
	}
	results = client.SetSecrets(t.Context(), append(batch, batch...), nil)
	if len(results) != 2*maxBatch || client.Requests() != 4 {
		t.Errorf("%d results in %d more requests, want %d in 2", len(results), client.Requests()-2, 2*maxBatch)
	}
}

func valueOf(i int) string {
	if i == 8 {
		return "v8"
	}
	return fmt.Sprint(canary, i)
}

func TestClientErrors(t *testing.T) {
	tests := []struct {
		name  string
		fault faults.Fault
		want  error
		text  string
	}{
		{"rate limited", faults.Fault{Status: 429, RetryAfter: 7e9}, prefect.ErrRateLimited, "too many requests (HTTP 429)"},
		{"unavailable", faults.Fault{Status: 503}, nil, "the API is not available (HTTP 503)"},
		{"unauthorized", faults.Fault{Status: 401}, prefect.ErrUnauthenticated, "was not accepted"},
		{"forbidden", faults.Fault{Code: "FORBIDDEN", Message: "Unauthorized"}, prefect.ErrForbidden, "may not do this: Unauthorized"},
		{"bad request", faults.Fault{Status: 400, Code: "BAD_USER_INPUT", Message: canary}, nil, "the API refused the document (BAD_USER_INPUT, HTTP 400)"},
		{"dropped", faults.Fault{Drop: true}, nil, "the API did not answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Inject(faults.Match{Field: "setSecret"}, tt.fault)
			err := cloud.AdminClient().SetSecret(t.Context(), "S", canary)
			if err == nil || !strings.Contains(err.Error(), tt.text) || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %q", err, tt.text)
			}
			if strings.Contains(err.Error(), canary) {
				t.Error("the error holds the value")
			}
			var api *prefect.APIError
			if tt.fault.RetryAfter > 0 && (!errors.As(err, &api) || api.RetryAfter != tt.fault.RetryAfter) {
				t.Error("Retry-After is lost")
			}
			cloud.AssertSecrets(t, nil)
		})
	}
}

func TestKeysAndRoles(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", canary)
	if _, err := cloud.AdminClient().GetSecret(t.Context(), "S"); !errors.Is(err, prefect.ErrForbidden) {
		t.Errorf("an admin key reading: %v", err)
	}
	if err := cloud.RunnerClient().SetSecret(t.Context(), "S", 1); !errors.Is(err, prefect.ErrForbidden) {
		t.Errorf("a runner key writing: %v", err)
	}
	if _, err := cloud.ClientWithKey("wrong").ListSecrets(t.Context()); !errors.Is(err, prefect.ErrUnauthenticated) {
		t.Errorf("a wrong key: %v", err)
	}
	if _, err := cloud.RunnerClient().GetSecret(t.Context(), "NOPE"); !errors.Is(err, prefect.ErrNotFound) {
		t.Errorf("a missing secret: %v", err)
	}
}

// A key that is refused and a tenant that is refused are told apart, and both are
// errors of who asks.
func TestRefusedKeyAndRefusedTenant(t *testing.T) {
	cloud := testkit.New(t)
	foreign, err := cloud.AdminClient().ForTenant("00000000-0000-4000-8000-000000000000")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		client     *prefect.Client
		tenant     bool
	}{
		{"a wrong key", "the API key was not accepted: Unauthenticated (UNAUTHENTICATED)", cloud.ClientWithKey("wrong"), false},
		{"a foreign tenant", "the API key may not use this tenant, or the tenant does not exist (UNAUTHENTICATED)", foreign, true},
	} {
		_, errNames := tt.client.ListSecrets(t.Context())
		_, errValue := tt.client.GetSecret(t.Context(), "S")
		for _, err := range []error{errNames, errValue, tt.client.SetSecret(t.Context(), "S", 1), tt.client.DeleteSecret(t.Context(), "S")} {
			if !errors.Is(err, prefect.ErrUnauthenticated) || errors.Is(err, prefect.ErrForbidden) || errors.Is(err, prefect.ErrTenantRefused) != tt.tenant {
				t.Errorf("%s: %v", tt.name, err)
			}
			if !strings.HasSuffix(fmt.Sprint(err), ": "+tt.text) {
				t.Errorf("%s: got %v, want %s", tt.name, err, tt.text)
			}
		}
	}
}

func TestGetInCloudExecution(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S", `{"a": 1}`)
	cloud.Set("QUOTED", `"123456"`)
	loaded, err := config.Load(config.Options{Text: "[cloud]\nuse_local_secrets = false\n"})
	if err != nil {
		t.Fatal(err)
	}
	ctx := prefect.WithSecrets(t.Context(), map[string]any{"S": "local"})
	ctx = prefect.WithClient(prefect.WithConfig(ctx, loaded), cloud.RunnerClient())
	checkGet(t, ctx, "S", map[string]int{"a": 1})
	checkGet(t, ctx, "QUOTED", "123456")
	if ok, err := prefect.Secret("S").Exists(ctx); !ok || err != nil {
		t.Errorf("Exists: %v, %v", ok, err)
	}
	if ok, err := prefect.Secret("NOPE").Exists(ctx); ok || err != nil {
		t.Errorf("Exists of a missing one: %v, %v", ok, err)
	}
	if _, err := prefect.Secret("NOPE").Get(ctx); !errors.Is(err, prefect.ErrNotFound) {
		t.Errorf("Get of a missing one: %v", err)
	}
}

// unknownField is the answer of an API that does not know a field of the document.
const unknownField = `{"errors":[{"message":"Cannot query field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`

// server records the documents it gets. It answers one that contains a field of
// bodies with the body, and any other with unknownField.
type server struct {
	bodies    map[string]string
	documents []string
}

func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	document, _ := io.ReadAll(req.Body)
	s.documents = append(s.documents, string(document))
	for field, body := range s.bodies {
		if strings.Contains(string(document), field) {
			return answer(200, body), nil
		}
	}
	return answer(400, unknownField), nil
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func (s *server) client(t *testing.T, dialect prefect.Dialect) *prefect.Client {
	t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: "https://api.example.com", APIKey: "k", Dialect: dialect, Transport: s,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestDialectIsFoundOut(t *testing.T) {
	const (
		rows    = `{"data":{"secret":[{"name":"A"}]}}`
		snake   = `{"data":{"secret_names":["A"]}}`
		camel   = `{"data":{"secretNames":["A"]}}`
		success = `{"data":{"a0":{"success":true}}}`
	)
	tests := []struct {
		name     string
		dialect  prefect.Dialect
		bodies   map[string]string
		set      bool
		requests int
		wantErr  error
	}{
		{"documented list", "", map[string]string{"{secret(order_by:{name:asc}){name}}": rows}, false, 2, nil},
		{"snake list", "", map[string]string{"secret_names": snake}, false, 3, nil},
		{"camel list", "", map[string]string{"secretNames": camel}, false, 4, nil},
		{"Prefect Server", "", nil, false, 4, prefect.ErrNoSecretsAPI},
		{"camel set", "", map[string]string{"a0:setSecret(input:$i0)": success}, true, 1, nil},
		{"snake set", "", map[string]string{"$i0:set_secret_input!": success}, true, 2, nil},
		{"given snake", prefect.DialectSnake, map[string]string{"set_secret(": success}, true, 1, nil},
		{"given camel list", prefect.DialectCamel, map[string]string{"secretNames": camel}, false, 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &server{bodies: tt.bodies}
			client := s.client(t, tt.dialect)
			call := func() error {
				if tt.set {
					return client.SetSecret(t.Context(), "A", 1)
				}
				_, err := client.ListSecrets(t.Context())
				return err
			}
			if err := call(); !errors.Is(err, tt.wantErr) {
				t.Fatalf("got %v, want %v", err, tt.wantErr)
			}
			if len(s.documents) != tt.requests {
				t.Errorf("%d requests, want %d", len(s.documents), tt.requests)
			}
			if tt.wantErr != nil {
				return
			}
			if err := call(); err != nil || len(s.documents) != tt.requests+1 {
				t.Errorf("the second call: %v, %d requests", err, len(s.documents)-tt.requests)
			}
		})
	}
}

func TestOddAnswers(t *testing.T) {
	const field = "a0:setSecret"
	tests := []struct{ body, want string }{
		{`{"errors":"Malformed Authorization header"}`, "the API key was not accepted"},
		{`{"data":{"a0":{"success":false}}}`, "reported a failure"},
		{`{"data":{"a0":{"success":null}}}`, "reported a failure"},
		{`{"data":{"a0":{}}}`, "reported a failure"},
		{`{"data":{"a0":{"success":"true"}}}`, "does not fit the request"},
		{`{"data":{"a0":{"success":true,"changed":1}}}`, "does not fit the request"},
		{`{"data":{"a0":"success"}}`, "does not fit the request"},
		{`{"data":{"a0":null}}`, "has no result"},
		{`{"data":null,"errors":[{"message":"` + canary + `"}]}`, "[redacted]"},
		{`{"data":{"a0":null},"errors":[{"message":"x","path":["a0"]}]}`, ": x"},
		{`{"data":{"other":1}}`, "does not fit the request"},
		{`{"data":{"a0":[],"a1":null},"errors":[{"path":["a1"],"message":"x"}]}`, "does not fit the request"},
		{`<html>` + canary, "https://api.example.com/ answered with HTML instead of GraphQL's JSON: a proxy or login page?"},
		{`[]`, "JSON that is not GraphQL's"},
		{`{}`, "JSON that is not GraphQL's"},
		{`{"data":null,"errors":[],"x":"` + canary, "neither HTML nor JSON"},
		{``, "neither HTML nor JSON"},
	}
	for _, tt := range tests {
		s := &server{bodies: map[string]string{field: tt.body}}
		err := s.client(t, prefect.DialectCamel).SetSecret(t.Context(), "S", canary)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.body, err, tt.want)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error holds the value", tt.want)
		}
	}
}

// failed returns an answer whose alias a0 failed with a message.
func failed(message string) string {
	quoted := prefect.TextValue(message).Reveal()
	return `{"data":{"a0":null},"errors":[{"path":["a0"],"message":` + string(quoted) + `}]}`
}

func TestALineOfAValueIsScrubbed(t *testing.T) {
	s := &server{bodies: map[string]string{"a0:": failed("bad line " + canary + "!")}}
	err := s.client(t, prefect.DialectCamel).SetSecret(t.Context(), "S", "first line\n"+canary+"\nlast line")
	if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "bad line [redacted]!") {
		t.Error("a line of the value shows, or too much was taken out")
	}
}

func TestServerTextIsScrubbed(t *testing.T) {
	values := []any{canary + " with \"quotes\" & <tags>", map[string]any{"inner": []any{canary}}, 77001234567, "e"}
	for i, value := range values {
		v, err := prefect.NewValue(value)
		if err != nil {
			t.Fatal(err)
		}
		echo := "got " + string(v.Reveal()) + " and e, " + canary + " then 77001234567"
		s := &server{bodies: map[string]string{"a0:": failed(echo)}}
		err = s.client(t, prefect.DialectCamel).SetSecret(t.Context(), "S", value)
		if err == nil || !strings.Contains(err.Error(), "got [redacted]") {
			t.Errorf("value %d: not scrubbed", i)
		}
	}
}

func TestKeyIsNotSentAfterARedirect(t *testing.T) {
	hops := 0
	transport := roundTripper(func(req *http.Request) (*http.Response, error) {
		hops++
		resp := answer(307, "")
		resp.Header.Set("Location", "https://elsewhere.example.com/")
		return resp, nil
	})
	_, err := newClient(t, transport).ListSecrets(t.Context())
	if err == nil || !strings.Contains(err.Error(), "redirect") || hops != 1 {
		t.Errorf("%d requests, %v", hops, err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestNewClientRefuses(t *testing.T) {
	tests := []struct {
		config prefect.ClientConfig
		want   string
	}{
		{prefect.ClientConfig{APIKey: "k"}, "absolute"},
		{prefect.ClientConfig{URL: "secrets.example.com", APIKey: "k"}, "absolute"},
		{prefect.ClientConfig{URL: "ftp://x", APIKey: "k"}, "absolute"},
		{prefect.ClientConfig{URL: "https://user:" + canary + "@x", APIKey: "k"}, "user or a password"},
		{prefect.ClientConfig{URL: "http://secrets.example.com", APIKey: "k"}, "unencrypted"},
		{prefect.ClientConfig{URL: "https://x"}, "no API key"},
		{prefect.ClientConfig{URL: "https://x", APIKey: canary + "\n" + canary}, "control character"},
		{prefect.ClientConfig{URL: "https://x", APIKey: "pnu_" + canary}, "a key of Prefect Cloud 2 or 3"},
		{prefect.ClientConfig{URL: "https://x", APIKey: "Bearer pnb_" + canary}, "a key of Prefect Cloud 2 or 3"},
		{prefect.ClientConfig{URL: "https://x", APIKey: "\"PNU_" + canary}, "a key of Prefect Cloud 2 or 3"},
		{prefect.ClientConfig{URL: "https://x", APIKey: "k", Dialect: "x"}, "unknown dialect"},
	}
	for _, tt := range tests {
		_, err := prefect.NewClient(tt.config)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
	for _, url := range []string{"http://127.0.0.1:4200", "http://localhost", "http://[::1]/graphql/alpha", "https://x"} {
		if _, err := prefect.NewClient(prefect.ClientConfig{URL: url, APIKey: "k"}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestClientNeverShowsItsKey(t *testing.T) {
	config := prefect.ClientConfig{URL: "https://x", APIKey: canary}
	client, err := prefect.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ C *prefect.Client }{client}
	printed := fmt.Sprintf("%v %+v %#v %s %v", config, config, config, &config, holder)
	if strings.Contains(printed, canary) {
		t.Error("printing shows the key")
	}
}

// A server can put a value or the key into any part of a redirect, in any encoding.
func TestARedirectIsNotQuoted(t *testing.T) {
	base64 := base64.StdEncoding.EncodeToString([]byte(canary))
	const another = "the API answered with a redirect to another host: is a proxy or a login page in front of it? (HTTP 302)"
	const same = "the API answered with a redirect to another URL of the same host: " +
		"is the URL of the API complete, or is a login page in front of it? (HTTP 302)"
	for to, want := range map[string]string{
		"https://sso.example.com/login?return=x":                  another,
		"https://" + strings.ToLower(canary) + ".example.com/":    another,
		"https://" + canary + ":x@other.example.com/":             another,
		"https://secrets.example.com/%43" + canary[1:]:            same,
		"https://SECRETS.example.com:8443/" + base64 + "/graphql": same,
		"/oauth2/" + canary:                same,
		"/":                                same,
		canary + "://secrets.example.com/": same,
		"https://secrets.example.com/graphql?" + canary + "#" + canary: same,
		"":             "the API answered with a redirect: is a proxy or a login page in front of it? (HTTP 302)",
		"%zz" + canary: "the API answered with a redirect: is a proxy or a login page in front of it? (HTTP 302)",
	} {
		transport := roundTripper(func(*http.Request) (*http.Response, error) {
			resp := answer(302, "")
			resp.Header.Set("Location", to)
			return resp, nil
		})
		_, err := newClient(t, transport).ListSecrets(t.Context())
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %q, want %q", strings.ReplaceAll(fmt.Sprint(err), canary, "<canary>"), want)
		}
	}
}
