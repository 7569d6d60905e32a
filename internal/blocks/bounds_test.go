package blocks_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// drip is the body of an answer that never ends, of a space every ten seconds.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(10 * time.Second):
		p[0] = ' '
		return 1, nil
	}
}

func (drip) Close() error { return nil }

// TestWaitsAreBounded has a server ask for long waits, or answer slowly. A run ends in an
// error of each secret after a time that the server does not choose.
func TestWaitsAreBounded(t *testing.T) {
	const timeout = 5 * time.Minute
	page := `{"detail":"x"}`
	for name, tt := range map[string]struct {
		answer  func(*http.Request) *http.Response
		longest time.Duration
		want    string
		tries   bool // requests are repeated until then
	}{
		"503 for a day": {
			func(*http.Request) *http.Response { return newResponse(503, page, "Retry-After", "86400") }, 3 * time.Minute, "not available (HTTP 503)", true,
		},
		"429 for a day": {
			func(*http.Request) *http.Response { return newResponse(429, page, "Retry-After", "86400") }, time.Second, "the run timed out before the next attempt", false,
		},
		"429 until a date": {
			func(*http.Request) *http.Response {
				return newResponse(429, page, "Retry-After", time.Now().Add(23*time.Hour).UTC().Format(http.TimeFormat))
			}, time.Second, "the run timed out before the next attempt", false,
		},
		"429 for a year": {
			func(*http.Request) *http.Response { return newResponse(429, page, "Retry-After", "31536000") }, timeout, "the run timed out before the next attempt", true,
		},
		"a slow answer": {
			func(r *http.Request) *http.Response {
				resp := newResponse(200, "")
				resp.Body = drip{r.Context()}
				return resp
			}, timeout, "the run timed out", true,
		},
		"a slow error": {
			func(r *http.Request) *http.Response {
				resp := newResponse(500, "")
				resp.Body = drip{r.Context()}
				return resp
			}, timeout, "not retried: the run timed out", true,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			transport := roundTripper(func(r *http.Request) *http.Response {
				if strings.HasSuffix(r.URL.Path, "/block_documents/filter") {
					return newResponse(200, "[]")
				}
				return tt.answer(r)
			})
			client := mustNew(t, blocks.Config{URL: "http://localhost/api", Transport: transport})
			source := &secretsync.Source{Label: "test", Entries: []secretsync.Entry{{Name: "A", Text: prefect.TextValue(canary)}}}
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			began := time.Now()
			out, err := secretsync.Run{Sources: []*secretsync.Source{source}, Writer: client}.Sync(ctx)
			if err != nil {
				t.Fatal(name, err)
			}
			action := out.Tenants[0].Report.Actions[0]
			if tries := client.Requests() > 5; tries != tt.tries {
				t.Errorf("%s: %d requests", name, client.Requests())
			}
			if took := time.Since(began); took > tt.longest || action.Result == secretsync.Created || !strings.Contains(action.Reason, tt.want) {
				t.Errorf("%s: %v, %q after %v", name, action.Result, action.Reason, took)
			}
		})
	}
}
