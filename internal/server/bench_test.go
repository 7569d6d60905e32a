package server

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

// BenchmarkOneKey measures how fast one runner key alone reads a value, with more
// requests at once than there are turns.
func BenchmarkOneKey(b *testing.B) {
	admin, runner := keysfile.NewKey(), keysfile.NewKey()
	file := filepath.Join(b.TempDir(), "keys.toml")
	text := tenantsText + keyText("ci", "admin", admin) + keyText("agent", "runner", runner)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := New(Config{
		Store: cloud.NewMemory(time.Now), KeysFile: file, Audit: NewAudit(io.Discard, time.Now), Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	query := func(key, query string) string {
		req, _ := http.NewRequest(http.MethodPost, "/", strings.NewReader(`{"query":"`+query+`"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+key)
		w := &recorder{header: http.Header{}}
		s.Handler().ServeHTTP(w, req)
		return w.body.String()
	}
	query(admin, `mutation { set_secret(input: {name: \"A\", value: \"v\"}) { success } }`)
	b.ReportAllocs()
	b.SetParallelism(128)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if got := query(runner, `{ secret_value(name: \"A\") }`); !strings.Contains(got, `"v"`) {
				b.Error(got)
			}
		}
	})
}
