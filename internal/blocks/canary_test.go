package blocks_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
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

func checkNoCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte("admin:" + canary))} {
		if strings.Contains(text, form) {
			t.Errorf("%s: a value or the key is in %s", where, strings.ReplaceAll(text, form, "<canary>"))
		}
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
			calls := map[string]func() error{
				"set":     func() error { return client.SetSecrets(t.Context(), []prefect.NamedValue{value}, nil)[0].Err },
				"delete":  func() error { return client.DeleteSecrets(t.Context(), []string{"a"}, nil)[0].Err },
				"compare": func() error { _, err := client.Unchanged(t.Context(), []prefect.NamedValue{value}); return err },
				"read":    func() error { _, _, err := client.GetFlowValues(t.Context(), []string{"a"}); return err },
				"list":    func() error { _, err := client.GetOverview(t.Context(), []string{"a"}); return err },
			}
			for what, call := range calls {
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
		"busy":  {answerJSON(503, `{"exception_message":"Service Unavailable"}`), refused},
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
			run.Steps.Waiting = func(reason string) { waiting = reason }
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
