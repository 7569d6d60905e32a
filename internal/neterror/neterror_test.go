package neterror_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/neterror"
)

// Every way in which a server can break HTTP and be quoted for it.
func TestSafe(t *testing.T) {
	for _, answer := range []string{
		"CANARY\r\n\r\n", "HTTP/1.1 CANARY\r\n\r\n", "HTTP/CANARY 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nCANARY\r\n\r\n", "HTTP/1.1 200 OK\r\n CANARY\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: CANARY\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: CANARY\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: CANARY\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://[CANARY\r\n\r\n",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}))
		resp, err := http.Get(server.URL)
		server.Close()
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("%q is an answer", answer)
			continue
		}
		if !strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q needs no care: %v", answer, err)
		}
		if safe := neterror.Safe(err).Error(); strings.Contains(safe, "CANARY") || !strings.Contains(safe, server.URL) {
			t.Errorf("%q: %s", answer, safe)
		}
	}
	if _, err := http.Get("http://127.0.0.1:1"); neterror.Safe(err) != err {
		t.Errorf("%v is not kept", err)
	}
}
