package blocks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func mustNew(t *testing.T, c blocks.Config) *blocks.Client {
	t.Helper()
	if c.Reader == "" {
		c.Reader = blocks.Reader3
	}
	client, err := blocks.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// newClient returns a client of a handler that is called in this process.
func newClient(t *testing.T, h http.Handler) *blocks.Client {
	t.Helper()
	return mustNew(t, blocks.Config{URL: "http://localhost/api", Transport: cloud.Transport(h)})
}

// startServer returns the URL of a handler, with /api.
func startServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL + "/api"
}

func secret(name, text string) prefect.NamedValue {
	return prefect.NamedValue{Name: name, Value: prefect.TextValue(text)}
}

// mustSet stores secrets.
func mustSet(t *testing.T, client *blocks.Client, secrets ...prefect.NamedValue) {
	t.Helper()
	for _, result := range client.SetSecrets(t.Context(), secrets, nil) {
		if result.Err != nil {
			t.Fatalf("%s: %v", result.Name, result.Err)
		}
	}
}

// newNumbered returns a fake with so many blocks, and their names in order.
func newNumbered(n int) (fake *blockstest.Fake, names []string) {
	fake = blockstest.New()
	for i := range n {
		name := fmt.Sprintf("n%05d", i)
		fake.Set(name, quoted("v"))
		names = append(names, name)
	}
	return fake, names
}

// answerJSON is a handler that always answers the same.
func answerJSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// mustNewAt returns a client for a server.
func mustNewAt(t *testing.T, url string) *blocks.Client {
	t.Helper()
	return mustNew(t, blocks.Config{URL: url})
}
