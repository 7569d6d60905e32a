package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

func readBody(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	return string(body)
}

func jsonText(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// echo is an encoding in which a careless server repeats what it received.
type echo struct {
	name   string
	encode func(string) string
}

var echoes = []echo{
	{"raw", func(s string) string { return s }},
	{"JSON", func(s string) string { return unquoted(jsonText(s)) }},
	{"Python's JSON", pythonJSON},
	{"Go quoted", func(s string) string { return fmt.Sprintf("%+q", s) }},
	{"URL", url.QueryEscape},
	{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"cut short", func(s string) string { return s[:min(len(s), 12)] + "..." }},
	{"upper case", strings.ToUpper},
}

// callers returns the arguments of each command that sends requests to a store.
func callers() map[string][]string {
	return map[string][]string{
		"plan":          {"plan", "--secrets-file", "IN/secrets.json"},
		"plan Markdown": {"plan", "--secrets-file", "IN/secrets.json", "--format", "markdown"},
		"sync":          {"sync", "--secrets-file", "IN/secrets.json"},
		"sync JSON":     {"sync", "--secrets-file", "IN/secrets.json", "--format", "json"},
		"set":           {"set", "A"},
		"delete":        {"delete", "A"},
		"names":         {"names"},
		"names JSON":    {"names", "--format", "json"},
		"check":         {"check", "--flows", "IN/flow.py"},
		"backup":        {"backup", "a.bak"},
		"blocks plan":   inBlocks("plan", "--format", "markdown"),
		"blocks sync":   inBlocks("sync", "--prune-scope", "TEAM_*", "--prune-unowned"),
	}
}

// runAllAt runs every one of callers against a server, concurrently.
func (s *scene) runAllAt(t *testing.T, server string, options binary.Options) {
	s.runEachAt(t, callers(), server, options)
}

func (s *scene) runEachAt(t *testing.T, all map[string][]string, server string, options binary.Options) {
	for name, args := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sub := &scene{
				watch: &watch{t, s.searcher, s.checked}, inputs: s.inputs, store: s.store, blocks: s.blocks, apiKey: s.apiKey, ran: map[string]bool{},
			}
			sub.run(options, values()[0].value, anyEnd, append(args, "--api-url", server, "--timeout", "400ms")...)
		})
	}
}

// A command does not quote a server that repeats what it received, whatever the status.
func TestEchoedByStatus(t *testing.T) {
	s := newScene(t)
	for _, status := range []int{200, 400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 501, 502, 503, 504} {
		for kind, answer := range map[string]func(string) string{
			"errors": func(all string) string { return `{"errors":[{"message":` + jsonText(all) + `}]}` },
			"string": func(all string) string { return `{"errors":` + jsonText(all) + `}` },
			"broken": func(all string) string { return `{"data":{"a0":` + jsonText(all) + `,` },
			"HTML":   func(all string) string { return "<html><body>" + all + "</body></html>" },
		} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				all := readBody(r) + " " + fmt.Sprint(r.Header)
				w.Header().Set("X-Echo", unquoted(jsonText(all)))
				w.WriteHeader(status)
				_, _ = io.WriteString(w, answer(all))
			}))
			t.Cleanup(server.Close)
			t.Run(fmt.Sprint(status, " ", kind), func(t *testing.T) { s.runAllAt(t, server.URL, binary.Options{}) })
		}
	}
}

// A command does not quote the error of a field that repeats a value, in any encoding.
func TestEchoedByField(t *testing.T) {
	s := newScene(t)
	for _, e := range echoes {
		for _, code := range []string{"", "FORBIDDEN", "BAD_USER_INPUT", "API_ERROR", "GRAPHQL_VALIDATION_FAILED", "odd"} {
			server := httptest.NewServer(fieldEcho(e.encode, code))
			t.Cleanup(server.Close)
			t.Run(e.name+" "+code, func(t *testing.T) { s.runAllAt(t, server.URL, binary.Options{}) })
		}
	}
}

// fieldEcho answers with an error for each alias of a document, which holds its value,
// and one that holds the key.
func fieldEcho(encode func(string) string, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Variables map[string]json.RawMessage }
		_ = json.NewDecoder(r.Body).Decode(&in)
		key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		errs := []string{fmt.Sprintf(`{"message":%s,"extensions":{"code":%q}}`, jsonText("key "+encode(key)+" may not"), code)}
		for name, variable := range in.Variables {
			alias := "a" + strings.TrimPrefix(name, "i")
			msg := jsonText("value " + encode(valueIn(variable)) + " is not allowed")
			errs = append(errs, fmt.Sprintf(`{"message":%s,"path":[%q],"extensions":{"code":%q}}`, msg, alias, code))
		}
		fmt.Fprintf(w, `{"data":null,"errors":[%s]}`, strings.Join(errs, ","))
	}
}

// valueIn returns the value of a mutation's input.
func valueIn(variable json.RawMessage) string {
	var in struct{ Value any }
	if json.Unmarshal(variable, &in) != nil || in.Value == nil {
		return string(variable)
	}
	if text, ok := in.Value.(string); ok {
		var inner string
		if json.Unmarshal([]byte(text), &inner) == nil {
			return inner
		}
		return text
	}
	text, _ := json.Marshal(in.Value)
	return string(text)
}

// A command shows no value if the connection fails, and no URL holds one.
func TestConnections(t *testing.T) {
	s := newScene(t)
	checkURL := func(r *http.Request) { s.check("the URL of a request", r.URL.String()) }
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed to another host with a key: %v", r.Header["Authorization"] != nil)
	}))
	t.Cleanup(other.Close)
	handlers := map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			query := url.Values{"echo": {readBody(r)}, "key": {r.Header.Get("Authorization")}}
			http.Redirect(w, r, other.URL+"/?"+query.Encode(), http.StatusFound)
		},
		"redirect 307": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/"+url.PathEscape(readBody(r)), http.StatusTemporaryRedirect)
		},
		"hangs": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drops": func(w http.ResponseWriter, r *http.Request) { readBody(r); panic(http.ErrAbortHandler) },
		"cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, `{"errors":[{"message":`+jsonText(readBody(r)))
		},
		"no HTTP": func(w http.ResponseWriter, r *http.Request) {
			body := readBody(r)
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(conn, body+"\r\n\r\n")
			_ = conn.Close()
		},
		"bad header": func(w http.ResponseWriter, r *http.Request) {
			key := r.Header.Get("Authorization")
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+key+"\r\n\r\n")
			_ = conn.Close()
		},
	}
	for name, handler := range handlers {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			checkURL(r)
			handler(w, r)
		}))
		t.Cleanup(server.CloseClientConnections)
		t.Run(name, func(t *testing.T) { s.runAllAt(t, server.URL, binary.Options{}) })
	}
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.StartTLS()
	t.Cleanup(secure.Close)
	t.Run("TLS", func(t *testing.T) { s.runAllAt(t, secure.URL, binary.Options{}) })
	t.Run("http to TLS", func(t *testing.T) { s.runAllAt(t, "http"+strings.TrimPrefix(secure.URL, "https"), binary.Options{}) })
	t.Run("nobody", func(t *testing.T) { s.runAllAt(t, "http://127.0.0.1:1", binary.Options{}) })
}
