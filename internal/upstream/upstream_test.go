package upstream_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/upstream"
)

func TestPassesOnByteForByte(t *testing.T) {
	bodies := map[string]string{
		"as Prefect sends it": `{"query": "mutation($input: write_run_logs_input!) {\n` +
			`    write_run_logs(input: $input) {\n        success\n    }\n}", ` +
			`"variables": "{\"input\": {\"logs\": [{\"message\": \"caf\\u00e9 secret_value\"}]}}"}`,
		"variables an object": `{"variables": {"a": [1.50, 1e400]}, ` +
			`"query": "query($a: [Int]) {flow(a: $a) {secret {name} tenant {id}}}", "operationName": null}`,
		"spaces and order":      "\r\n { \"x\" : 1 ,\t\"query\" : \"{hello}\" }  ",
		"a batch":               `[{"query":"{hello}"}, {"query":"mutation {create_flow {id}}"}]`,
		"introspection":         `{"query":"{__typename hello}"}`,
		"escapes in JSON":       `{"query":"{\u0068ello}"}`,
		"the last one counts":   `{"query":"{secret_names}","query":"{hello}"}`,
		"names in a string":     `{"query":"{hello(a: \"} query {secret_names}\") # secret_names\n}"}`,
		"ours but for a letter": `{"query":"{secret_namez tenant_ Secret_names: hello}"}`,
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, nil)
			status, answer := s.post(t, "/graphql/alpha?ignored=1", body)
			if status != http.StatusOK || answer != `{"data":{"hello":"👋"}}` {
				t.Errorf("answered %d %s", status, answer)
			}
			got := s.requests()
			if len(got) != 1 || got[0].Path != "/graphql" || got[0].Body != body {
				t.Errorf("the upstream got %+v, want %q at /graphql", got, body)
			}
		})
	}
}

func TestAnswersWhatIsOurs(t *testing.T) {
	bodies := map[string]struct{ body, want string }{
		"names":     {`{"query":"{secret_names}"}`, `{"data":{"secret_names":[]}}`},
		"auth_info": {`{"query":"{auth_info{tenant_id}}"}`, `{"data":{"auth_info":{"tenant_id":"` + tenant + `"}}}`},
		"tenant":    {`{"query":"{tenant{slug}}"}`, `{"data":{"tenant":[{"slug":"data"}]}}`},
		"no field":  {`{"query":"{__typename}"}`, `{"data":{"__typename":"Query"}}`},
		"batch": {
			`[{"query":"{secret_names}"},{"query":"{__typename}"}]`,
			`[{"data":{"secret_names":[]}},{"data":{"__typename":"Query"}}]`,
		},
		"skipped":       {`{"query":"{secret_names @skip(if: true)}"}`, `{"data":{}}`},
		"under a alias": {`{"query":"{hello: secretNames}"}`, `{"data":{"hello":[]}}`},
	}
	for name, tt := range bodies {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, nil)
			status, answer := s.post(t, "/", tt.body)
			if status != http.StatusOK || answer != tt.want {
				t.Errorf("answered %d %s", status, answer)
			}
			if got := s.requests(); len(got) > 0 {
				t.Errorf("the upstream got %q", got[0].Body)
			}
		})
	}
}

// A document that names a field of the secrets API, or may name one, is not forwarded,
// however invalid it is.
func TestNothingOfOursLeaves(t *testing.T) {
	gzipped := "\x1f\x8b\x08" // JSON never begins like this
	tests := map[string]struct {
		body   string
		header []string
		status int
	}{
		"does not validate": {
			body:   `{"query":"mutation{set_secret(input:{name:\"a\",valeu:\"` + canary + `\"}){success}}"}`,
			status: 400,
		},
		"wrong operation": {
			body:   `{"query":"query{set_secret(name:\"a\",value:\"` + canary + `\")}"}`,
			status: 400,
		},
		"subscription": {body: `{"query":"subscription{secret(name:\"` + canary + `\")}"}`, status: 400},
		"mix": {
			body:   `{"query":"mutation{hello set_secret(input:{name:\"a\",value:\"` + canary + `\"}){success}}"}`,
			status: 400,
		},
		"mix under an alias": {body: `{"query":"{hello x:secret_value(name:\"` + canary + `\")}"}`, status: 400},
		"mix in a fragment": {
			body:   `{"query":"{hello ...F} fragment F on Query {... {secret_value(name:\"` + canary + `\")}}"}`,
			status: 400,
		},
		"mix in an operation": {
			body:   `{"query":"query A {hello} query B {secret_value(name:\"` + canary + `\")}","operationName":"A"}`,
			status: 400,
		},
		"mix in a batch": {
			body:   `[{"query":"{hello}"},{"query":"{secret_value(name:\"` + canary + `\")}"}]`,
			status: 400,
		},
		"unused fragment": {
			body:   `{"query":"{hello} fragment F on Query {secret_value(name:\"` + canary + `\")}"}`,
			status: 400,
		},
		"does not parse": {
			body:   `{"query":"mutation{set_secret(input:{name:\"a\",value:\"` + canary + `"}`,
			status: 400,
		},
		"no JSON":  {body: `{hello "` + canary + `"`, status: 400},
		"a string": {body: `"{hello}` + canary + `"`, status: 400},
		"no query": {body: `{"variables":"` + canary + `"}`, status: 400},
		"null":     {body: `[{"query":"{hello}"},{"query":null,"x":"` + canary + `"}]`, status: 200},
		"by its hash": {
			body:   `[{"query":"{hello}"},{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + canary + `"}}}]`,
			status: 200,
		},
		"keys by their case": {
			body:   `{"query":"{secret_value(name:\"` + canary + `\")}","Query":"{hello}"}`,
			status: 200,
		},
		"keys the other way": {body: `{"Query":"{secret_value(name:\"` + canary + `\")}"}`, status: 400},
		"the last one counts": {
			body:   `{"query":"{hello}","query":"mutation{set_secret(x:\"` + canary + `\")}"}`,
			status: 400,
		},
		"not UTF-8": {body: "{\"query\":\"{hello}\",\"x\":\"" + canary + "\xff\"}", status: 400},
		"another charset": {
			body:   `{"query":"{hello #` + canary + `+AAo-secret_names\n}"}`,
			header: []string{"Content-Type", "application/json; charset=utf-7"}, status: 415,
		},
		"compressed": {body: gzipped + canary, header: []string{"Content-Encoding", "gzip"}, status: 415},
		"labelled as such": {
			body:   `{"query":"{hello}","x":"` + canary + `"}`,
			header: []string{"Content-Encoding", "gzip"}, status: 415,
		},
		"a form": {
			body:   `query={hello}&x=` + canary,
			header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 500,
		},
		"no type": {
			body:   `{"query":"{hello}","x":"` + canary + `"}`,
			header: []string{"Content-Type", ""}, status: 500,
		},
		"too large": {
			body:   `{"query":"{hello}","x":"` + canary + strings.Repeat(" ", cloud.MaxBody) + `"}`,
			status: 413,
		},
		"too large a batch": {
			body:   `[` + strings.Repeat(`{"query":"{hello}"},`, cloud.MaxBatch) + `{"query":"{hello}","x":"` + canary + `"}]`,
			status: 400,
		},
		"too many words": {
			body:   `{"query":"{` + strings.Repeat("hello ", 100_000) + `}","x":"` + canary + `"}`,
			status: 400,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, nil)
			for _, key := range []string{"admin-key", "runner-key"} {
				status, answer := s.post(t, "/", tt.body, append(tt.header, "Authorization", "Bearer "+key)...)
				if status != tt.status || strings.Contains(answer, canary) {
					t.Errorf("answered %d %s", status, answer)
				}
			}
			if got := s.requests(); len(got) > 0 {
				t.Errorf("the upstream got %q", got[0].Body)
			}
		})
	}
}

func TestMixIsRefusedInWords(t *testing.T) {
	s := startServer(t, nil)
	_, answer := s.post(t, "/", `{"query":"{hello secret_value(name:\"a\") b: tenant{id} c: tenant{id}}"}`)
	want := `{"errors":[{"message":"The request asks for fields of the secrets API (secret_value, tenant) ` +
		`and of the upstream: send them separately.","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAKeyIsAskedForFirst(t *testing.T) {
	headers := map[string][]string{
		"none":           {"Authorization", ""},
		"unknown":        {"Authorization", "Bearer nobody"},
		"expired":        {"Authorization", "Bearer old-key"},
		"malformed":      {"Authorization", "runner-key"},
		"another tenant": {"X-PREFECT-TENANT-ID", "00000000-0000-0000-0000-000000000000"},
	}
	for name, header := range headers {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, nil)
			status, answer := s.post(t, "/", `{"query":"{hello}"}`, header...)
			if status != http.StatusOK || !strings.HasPrefix(answer, `{"errors":`) {
				t.Errorf("answered %d %s", status, answer)
			}
			if got := s.requests(); len(got) > 0 {
				t.Errorf("the upstream got %q", got[0].Body)
			}
		})
	}
}

func TestOtherRequestsStay(t *testing.T) {
	s := startServer(t, nil)
	for _, path := range []string{"/health", "/graphql/beta", "/graphql/../secret", "/_testkit/reset"} {
		if status, answer := s.post(t, path, `{"query":"{hello}"}`); status != http.StatusNotFound {
			t.Errorf("%s: answered %d %s", path, status, answer)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodOptions} {
		r := s.newRequest(t, "/?query={hello}", `{"query":"{hello}"}`)
		r.Method = method
		if answer, _ := s.send(t, r); answer.StatusCode < 400 {
			t.Errorf("%s: answered %d", method, answer.StatusCode)
		}
	}
	if got := s.requests(); len(got) > 0 {
		t.Errorf("the upstream got %q", got[0].Body)
	}
}

func TestHeadersOfARequest(t *testing.T) {
	s := startServer(t, nil)
	r := s.newRequest(t, "/", `{"query":"{hello}"}`, "Cookie", "a=b", "Proxy-Authorization", "Basic x", "TE", "trailers",
		"Connection", "X-Hop, keep-alive", "X-Hop", "1", "Upgrade", "websocket", "Expect", "100-continue",
		"X-PREFECT-TENANT-ID", tenant, "X-PREFECT-CORE-VERSION", "1.4.1", "X-PREFECT-AGENT-ID", "a1",
		"Accept-Encoding", "gzip, deflate", "Accept", "*/*", "User-Agent", "python-requests/2.28.1")
	s.send(t, r)
	want := http.Header{
		"X-Prefect-Tenant-Id": {tenant}, "X-Prefect-Core-Version": {"1.4.1"}, "X-Prefect-Agent-Id": {"a1"},
		"Accept-Encoding": {"gzip, deflate"}, "Accept": {"*/*"}, "User-Agent": {"python-requests/2.28.1"},
		"Content-Type": {"application/json"}, "Content-Length": {"19"},
	}
	if diff := cmp.Diff(want, s.requests()[0].Header); diff != "" {
		t.Errorf("the upstream got (-want +got):\n%s", diff)
	}
	s.send(t, s.newRequest(t, "/", `{"query":"{hello}"}`, "User-Agent", ""))
	if encoding := s.requests()[1].Header["Accept-Encoding"]; encoding != nil {
		t.Errorf("Accept-Encoding %q was added", encoding)
	}
}

func TestAChunkedBodyGetsALength(t *testing.T) {
	s := startServer(t, nil)
	r := s.newRequest(t, "/", "")
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(`{"query":"{hello}"}`)), -1
	s.send(t, r)
	if got := s.requests(); len(got) != 1 || got[0].Header.Get("Content-Length") != "19" {
		t.Errorf("the upstream got %+v", got)
	}
}

func TestAnAnswerComesAsItIs(t *testing.T) {
	packed := []byte{0x1f, 0x8b, 0, 1, 2, 0xff}
	s := startServer(t, nil)
	for _, status := range []int{200, 400, 401, 404, 429, 500, 502, 503} {
		s.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("X-Other", "kept")
			w.WriteHeader(status)
			_, _ = w.Write(packed)
		}
		answer, body := s.send(t, s.newRequest(t, "/", `{"query":"{hello}"}`))
		h := answer.Header
		got := []string{h.Get("Retry-After"), h.Get("Content-Encoding"), h.Get("X-Other")}
		want := []string{"7", "gzip", "kept"}
		if answer.StatusCode != status || !bytes.Equal([]byte(body), packed) || !slices.Equal(got, want) {
			t.Errorf("%d: got %d %q %q", status, answer.StatusCode, got, body)
		}
	}
}

// An answer is forwarded in parts: the first arrives before the upstream writes the
// second.
func TestAnAnswerStreams(t *testing.T) {
	arrived := make(chan struct{})
	s := startServer(t, nil)
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "12") // without one ReadFull would not have to wait
		_, _ = io.WriteString(w, "first,")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-arrived:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, "second")
	}
	answer, err := http.DefaultTransport.RoundTrip(s.newRequest(t, "/", `{"query":"{hello}"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	part := make([]byte, len("first,"))
	if _, err := io.ReadFull(answer.Body, part); err != nil {
		t.Fatal(err)
	}
	close(arrived)
	rest, err := io.ReadAll(answer.Body)
	if got := string(part) + string(rest); err != nil || got != "first,second" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAnAnswerThatBreaksOffBreaksOff(t *testing.T) {
	s := startServer(t, nil)
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	}
	answer, err := http.DefaultTransport.RoundTrip(s.newRequest(t, "/", `{"query":"{hello}"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestWithoutAnAnswer(t *testing.T) {
	wait := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	down := func(c *upstream.Config) {
		c.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, syscall.ECONNREFUSED
		}}
	}
	hasty := func(c *upstream.Config) { c.Timeout = time.Millisecond }
	tests := map[string]struct {
		change func(*upstream.Config)
		answer http.HandlerFunc
		status int
		text   string
	}{
		"down":    {down, nil, 502, "The upstream cannot be reached."},
		"dropped": {nil, drop, 502, "The upstream cannot be reached."},
		"hangs":   {hasty, wait, 504, "The upstream does not answer in time."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, tt.change)
			s.answer = tt.answer
			status, answer := s.post(t, "/", `{"query":"{hello}","variables":{"x":"`+canary+`"}}`)
			want := `{"errors":[{"message":"` + tt.text + `","extensions":{"code":"API_ERROR"}}]}`
			if status != tt.status || answer != want {
				t.Errorf("answered %d %s", status, answer)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.errs) != 1 {
				t.Fatalf("OnError got %v", s.errs)
			}
			if text := s.errs[0].Error(); strings.Contains(text, canary) || strings.Contains(text, "runner-key") {
				t.Errorf("OnError got %s", text)
			}
		})
	}
}

// Many requests use one connection to the upstream.
func TestConnectionsAreKept(t *testing.T) {
	var mu sync.Mutex
	clients := map[string]bool{}
	s := startServer(t, nil)
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		clients[r.RemoteAddr] = true
		mu.Unlock()
		_, _ = io.WriteString(w, `{"data":{}}`)
	}
	for range 20 {
		s.post(t, "/", `{"query":"{hello}"}`)
	}
	if len(clients) != 1 {
		t.Errorf("%d connections", len(clients))
	}
}

func TestNewRefuses(t *testing.T) {
	for url, want := range map[string]string{
		"":                             "cannot be used",
		"localhost:4200":               "cannot be used",
		"ftp://host":                   "cannot be used",
		"http://":                      "cannot be used",
		"http://u:" + canary + "@host": "contains a user",
		"http://u:" + canary + "@%zz":  "cannot be used",
		"http://host/?a=" + canary:     "more than a path",
		"http://host/#" + canary:       "more than a path",
	} {
		_, err := upstream.New(upstream.Config{API: newAPI(t, nil), URL: url})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := upstream.New(upstream.Config{URL: "http://host"}); err == nil {
		t.Error("an upstream without the secrets API")
	}
}

// A planner may list names here, and nothing that it sends is forwarded.
func TestAPlannerDoesNotReachTheUpstream(t *testing.T) {
	s := startServer(t, nil)
	answer, body := s.send(t, s.newRequest(t, "/", `{"query":"{hello}"}`, "Authorization", "Bearer planner-key"))
	refused := answer.StatusCode == http.StatusBadRequest && strings.Contains(body, "GRAPHQL_VALIDATION_FAILED")
	if !refused || len(s.requests()) != 0 {
		t.Errorf("%d %s, the upstream got %v", answer.StatusCode, body, s.requests())
	}
	answer, body = s.send(t, s.newRequest(t, "/", `{"query":"{secret_names}"}`, "Authorization", "Bearer planner-key"))
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, `{"data":`) {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}
