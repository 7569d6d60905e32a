// Package h2test has a server that tells HTTP/2 from HTTP/1.1.
package h2test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/net/http2"
)

// NewServer starts a TLS server that offers HTTP/2 and answers each request with its
// protocol, such as HTTP/2.0. It does so also without net/http's own HTTP/2.
func NewServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Proto)
	}))
	if err := http2.ConfigureServer(server.Config, nil); err != nil {
		t.Fatal(err)
	}
	server.TLS = server.Config.TLSConfig
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}
