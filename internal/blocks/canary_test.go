package blocks_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// echo answers with everything that it was sent, as Prefect's server does to a request
// that it refuses.
func echo(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		auth := r.Header.Get("Authorization")
		raw, _ := json.Marshal(map[string]any{"detail": string(body) + auth, "exception_message": string(body), "request_body": json.RawMessage(body)})
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "https://"+canary+".example.com/"+canary+"?key="+auth)
		w.Header().Set("Retry-After", string(body))
		w.WriteHeader(status)
		_, _ = w.Write(raw)
	}
}

// rename answers that a block of the name exists, and then lists one that has the value as
// its name.
func rename(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + path.Base(r.URL.Path) {
	case "POST block_documents":
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"detail":"Block already exists"}`)
	case "GET secret":
		_, _ = fmt.Fprintf(w, `{"id":%q}`, id)
	default:
		_, _ = fmt.Fprintf(w, `[{"id":%q,"name":%q}]`, id, canary)
	}
}

// broken is a transport whose errors quote everything that it was sent.
type broken struct{}

func (broken) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	return nil, errors.New(string(body) + r.Header.Get("Authorization"))
}

// panicking panics with everything that it was sent.
type panicking struct{ broken }

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	_, err := p.broken.RoundTrip(r)
	panic(err)
}

// encodings write a string in other forms, of every character.
var encodings = map[string]func(string) string{
	"plain":     func(text string) string { return text },
	"base64":    func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) },
	"base64url": func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) },
	"hex":       func(text string) string { return hex.EncodeToString([]byte(text)) },
	"percent":   func(text string) string { return escape("%%%02X", text) },
	"JSON":      func(text string) string { return escape(`\u%04x`, text) },
}

func escape(format, text string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func checkNoCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{canary, "admin:" + canary} {
		for name, encode := range encodings {
			if form := encode(secret); strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
				t.Errorf("%s: a value or the key is in an error, in the form %s", where, name)
			}
		}
	}
}

// echoes are answers with a string in one of their parts.
var echoes = map[string]func(text string) *http.Response{
	"status text": func(text string) *http.Response {
		resp := newResponse(422, `{"detail":"x"}`)
		resp.Status = "422 " + text
		return resp
	},
	"status text of a redirect": func(text string) *http.Response {
		resp := newResponse(302, "")
		resp.Status = "302 " + text
		return resp
	},
	"host of Location": func(text string) *http.Response {
		return newResponse(307, "", "Location", "https://"+text+".example.com/")
	},
	"path of Location": func(text string) *http.Response { return newResponse(302, "", "Location", "/"+text) },
	"query of Location": func(text string) *http.Response {
		return newResponse(302, "", "Location", "https://example.com/?next="+text)
	},
	"headers": func(text string) *http.Response {
		return newResponse(401, "", "WWW-Authenticate", "Basic realm="+text, "Retry-After", text, "Content-Type", text, "X-"+text, text)
	},
	"detail": func(text string) *http.Response { return newResponse(403, `{"detail":"`+text+`"}`) },
	"list of details": func(text string) *http.Response {
		return newResponse(422, `{"detail":[{"loc":["`+text+`"],"input":"`+text+`"}]}`)
	},
	"exception":       func(text string) *http.Response { return newResponse(500, `{"exception_message":"`+text+`"}`) },
	"name of a block": func(text string) *http.Response { return newResponse(200, `[{"id":"`+id+`","name":"`+text+`"}]`) },
	"id of a block":   func(text string) *http.Response { return newResponse(200, `[{"id":"`+text+`","name":"a"}]`) },
	"type of a value": func(text string) *http.Response { return newResponse(200, `[{"id":"`+id+`","name":{"`+text+`":1}}]`) },
	"key of GraphQL":  func(text string) *http.Response { return newResponse(400, `{"errors":[{"message":"`+text+`"}]}`) },
	"page":            func(text string) *http.Response { return newResponse(404, "<html>"+text) },
}

func newResponse(status int, body string, headers ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for pair := range slices.Chunk(headers, 2) {
		resp.Header.Set(pair[0], pair[1])
	}
	return resp
}

type roundTripper func(*http.Request) *http.Response

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := f(r)
	resp.Request = r
	return resp, nil
}

// TestEchoes has a server answer with the value or the key, encoded, in each part of an
// answer. What a write asks first is answered as by Prefect.
func TestEchoes(t *testing.T) {
	for part, answer := range echoes {
		for encoding, encode := range encodings {
			for _, secret := range []string{canary, "admin:" + canary} {
				checkEcho(t, part+", "+encoding, func(r *http.Request) *http.Response {
					switch r.URL.Path {
					case "/api/block_types/slug/secret":
						return newResponse(200, `{"id":"`+id+`"}`)
					case "/api/block_schemas/filter":
						return newResponse(200, `[{"id":"`+id+`"}]`)
					}
					return answer(encode(secret))
				})
			}
		}
	}
}

func checkEcho(t *testing.T, where string, transport roundTripper) {
	t.Helper()
	client := mustNew(t, blocks.Config{URL: "http://localhost/api", AuthString: "admin:" + canary, Transport: transport})
	for what, call := range everyCall(t, client) {
		err := call()
		if checkNoCanary(t, where+", "+what, fmt.Sprintf("%v %+v %#v", err, err, err)); err == nil && what == "set" {
			t.Errorf("%s: a write succeeds", where)
		}
	}
}

// everyCall returns calls of all methods of a client that send requests.
func everyCall(t *testing.T, client *blocks.Client) map[string]func() error {
	value := []prefect.NamedValue{secret("a", canary)}
	return map[string]func() error{
		"set":     func() error { return client.SetSecrets(t.Context(), value, nil)[0].Err },
		"delete":  func() error { return client.DeleteSecrets(t.Context(), []string{"a"}, nil)[0].Err },
		"compare": func() error { _, err := client.Unchanged(t.Context(), value); return err },
		"read":    func() error { _, _, err := client.GetFlowValues(t.Context(), []string{"a"}); return err },
		"list":    func() error { _, err := client.GetOverview(t.Context(), []string{"a"}); return err },
	}
}

// Whatever a server does with what it gets, no error, report, log or panic has a value or
// the key.
func TestCanary(t *testing.T) {
	transports := map[string]http.RoundTripper{"broken": broken{}, "panicking": panicking{}}
	for _, status := range []int{200, 201, 204, 301, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503} {
		transports[fmt.Sprint(status)] = cloud.Transport(echo(status))
	}
	transports["rename"] = cloud.Transport(http.HandlerFunc(rename))
	for name, transport := range transports {
		synctest.Test(t, func(t *testing.T) {
			client := mustNew(t, blocks.Config{URL: "http://localhost/api", AuthString: "admin:" + canary, Transport: transport})
			value := prefect.NamedValue{Name: "a", Value: prefect.TextValue(canary)}
			for what, call := range everyCall(t, client) {
				var log bytes.Buffer
				err := withoutPanic(call)
				slog.New(slog.NewTextHandler(&log, nil)).Info("failed", "err", err, "client", client, "value", value)
				checkNoCanary(t, name+", "+what, log.String()+fmt.Sprintf("%v %+v %#v", err, err, err))
			}
		})
	}
}

// withoutPanic recovers from the panic of a transport. The command has no text of it.
func withoutPanic(call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("panic")
		}
	}()
	return call()
}

func TestNothingPrintsAKey(t *testing.T) {
	config := blocks.Config{URL: "https://prefect.example.com/api", Key: canary, Reader: blocks.Reader3}
	basic := blocks.Config{URL: "https://prefect.example.com/api", AuthString: "admin:" + canary, Reader: blocks.Reader3}
	for _, c := range []blocks.Config{config, basic} {
		client := mustNew(t, c)
		raw, _ := json.Marshal([]any{client})
		for _, text := range []string{
			fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c, c), fmt.Sprintf("%v %+v %#v", client, client, client), string(raw),
		} {
			checkNoCanary(t, "printed", text)
		}
	}
}

// A run that fails says so in its report, without a value.
func TestAReportOfARefusedRun(t *testing.T) {
	refusing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/block_documents/":
			echo(http.StatusUnprocessableEntity)(w, r)
		case "/api/block_documents/filter":
			answerJSON(200, `[]`)(w, r)
		case "/api/block_schemas/filter":
			answerJSON(200, `[{"id":"`+id+`"}]`)(w, r)
		default:
			answerJSON(200, `{"id":"`+id+`"}`)(w, r)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		source := &secretsync.Source{Label: "test", Entries: []secretsync.Entry{{Name: "A", Text: prefect.TextValue(canary)}}}
		out, err := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: newClient(t, refusing)}.Sync(t.Context())
		if err != nil || out.Tenants[0].Report.Count(secretsync.Failed) != 1 {
			t.Fatalf("%v: %+v", err, out)
		}
		text := fmt.Sprintf("%+v %v", out.Tenants[0].Report.Actions, out.Tenants[0].Report.Err)
		if checkNoCanary(t, "the report", text); !strings.Contains(text, "HTTP 422") {
			t.Errorf("got %s", text)
		}
	})
}

// A server that is away for good ends in the usual error, in the usual time.
func TestAServerThatIsAway(t *testing.T) {
	const refused = "the proxy answered: Service Unavailable"
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"busy":  {answerJSON(503, `{"exception_message":"Service Unavailable"}`), "HTTP 503"},
		"away":  {answerText(503, "<html>"), refused},
		"reset": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "connection reset"},
	} {
		synctest.Test(t, func(t *testing.T) {
			lists := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && r.URL.Path == "/api/block_documents/filter" {
					answerJSON(200, `[]`)(w, r)
					return
				}
				tt.answer(w, r)
			})
			source := &secretsync.Source{Label: "test"}
			for i := range 100 {
				source.Entries = append(source.Entries, secretsync.Entry{Name: fmt.Sprintf("A%d", i), Text: prefect.TextValue(canary)})
			}
			waiting, began := "", time.Now()
			run := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: newClient(t, lists)}
			run.Steps.Waiting = func(reason string) {
				if waiting = reason; time.Since(began) > 10*time.Second {
					t.Errorf("%s: the notice comes after %v", name, time.Since(began))
				}
			}
			out, err := run.Sync(t.Context())
			if err != nil || out.Tenants[0].Report.Count(secretsync.Failed) != 100 {
				t.Fatalf("%s: %v: %d failed", name, err, out.Tenants[0].Report.Count(secretsync.Failed))
			}
			if took := time.Since(began); took > 130*time.Second || waiting != tt.want {
				t.Errorf("%s: waited %v for %q, want %q", name, took, waiting, tt.want)
			}
		})
	}
}
