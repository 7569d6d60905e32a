// Package contract is the test that every endpoint of the secrets API passes: a
// handler, a server on a socket, a command, a deployment.
package contract

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Endpoint is a secrets API to test.
type Endpoint struct {
	// URL is that of the root, without /graphql.
	URL string
	// Transport sends the requests; nil means over sockets.
	Transport http.RoundTripper
	// AdminKey and RunnerKey are bearer tokens for the same tenant, without patterns.
	AdminKey, RunnerKey string
	// Tenant is the id of that tenant; empty means the first one of each key.
	Tenant string
}

// Run tests an endpoint. The tenant may have other secrets, and other clients may
// write to it. Run removes what it writes.
func Run(t *testing.T, e Endpoint) {
	if e.Transport == nil {
		sockets := &http.Transport{}
		t.Cleanup(sockets.CloseIdleConnections)
		e.Transport = sockets
	}
	s := &suite{Endpoint: e, prefix: "contract " + rand.Text() + " "}
	defer s.cleanUp(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"Secrets", s.secrets}, {"Values", s.values}, {"Names", s.names}, {"Extensions", s.extensions},
		{"Limits", s.limits},
		{"Wire", s.wire}, {"Batches", s.batches}, {"Get", s.get}, {"Paths", s.paths}, {"Types", s.types},
		{"Keys", s.keys}, {"Roles", s.roles}, {"Tenants", s.tenants}, {"Scopes", s.scopes}, {"Tokens", s.tokens},
		{"Echo", s.echo},
	} {
		t.Run(part.name, part.run)
	}
}

type suite struct {
	Endpoint
	prefix string // begins the name of every secret that is written
}

// canary is a value in requests whose answers must not hold it.
const canary = "cAnArY5d21"

// answer is what a client gets.
type answer struct {
	status int
	header http.Header
	body   string
}

// request is what a client sends. The zero value is an empty POST to the root
// without a key.
type request struct {
	method, path, body string
	key                string
	header             map[string]string
}

func (s *suite) send(t *testing.T, in request) answer {
	t.Helper()
	if in.method == "" {
		in.method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), in.method, s.URL+in.path, bytes.NewBufferString(in.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if in.key != "" {
		r.Header.Set("Authorization", "Bearer "+in.key)
	}
	if s.Tenant != "" {
		r.Header.Set("X-PREFECT-TENANT-ID", s.Tenant)
	}
	for name, value := range in.header {
		r.Header.Set(name, value)
	}
	resp, err := s.Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// ask sends a document with variables, which may be nil, and returns the body of the
// answer.
func (s *suite) ask(t *testing.T, key, document string, variables any) string {
	t.Helper()
	return s.send(t, request{key: key, body: s.document(t, document, variables)}).body
}

// document returns a request as Prefect's clients write it, with the variables in a
// string.
func (s *suite) document(t *testing.T, document string, variables any) string {
	t.Helper()
	text, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{"query": document, "variables": string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// checkEqual compares the body of an answer, without the line break at its end.
func checkEqual(t *testing.T, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want+"\n", got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// name returns the name of a secret of this run.
func (s *suite) name(n string) string { return s.prefix + n }

// set writes a secret, whose value is JSON.
func (s *suite) set(t *testing.T, n, value string) {
	t.Helper()
	const document = `mutation($input: set_secret_input!){set_secret(input: $input){success}}`
	got := s.ask(t, s.AdminKey, document, map[string]any{"input": map[string]any{"name": s.name(n),
		"value": json.RawMessage(value)}})
	checkEqual(t, "set "+n, `{"data":{"set_secret":{"success":true}}}`, got)
}

// cleanUp removes what the run wrote.
func (s *suite) cleanUp(t *testing.T) {
	for _, n := range s.runNames(t) {
		s.ask(t, s.AdminKey, `mutation($n: String!){delete_secret(input: {name: $n}){success}}`,
			map[string]string{"n": n})
	}
	if left := s.runNames(t); len(left) > 0 {
		t.Errorf("secrets of this run are left: %q", left)
	}
}

// runNames returns the names of this run in the store, in their order.
func (s *suite) runNames(t *testing.T) []string {
	t.Helper()
	var got struct {
		Data struct {
			Names []string `json:"secret_names"`
		}
	}
	text := s.ask(t, s.AdminKey, `query{secret_names}`, nil)
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Data.Names == nil {
		t.Fatalf("secret_names: %s", text)
	}
	var own []string
	for _, n := range got.Data.Names {
		if strings.HasPrefix(n, s.prefix) {
			own = append(own, n)
		}
	}
	return own
}

// urlQuery returns the query of a URL, with its question mark.
func urlQuery(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return "?" + values.Encode()
}
