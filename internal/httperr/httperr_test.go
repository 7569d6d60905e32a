package httperr_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

const canary = "CANARY3f9a"

// serve answers each connection and closes it, until the test ends.
func serve(t *testing.T, answer func(net.Conn)) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			answer(conn)
			_ = conn.Close()
		}
	}()
	return listener
}

// TestCauseQuotesNoAnswer has a server answer something else than HTTP, which
// net/http quotes in its error.
func TestCauseQuotesNoAnswer(t *testing.T) {
	listener := serve(t, func(conn net.Conn) {
		_, _ = bufio.NewReader(conn).ReadString('\n')
		_, _ = conn.Write([]byte(canary + "\r\n\r\n"))
	})
	_, err := http.Get("http://" + listener.Addr().String() + "/path?token=" + canary)
	if err == nil || !strings.Contains(err.Error(), canary) {
		t.Fatalf("net/http quotes nothing: %v", err)
	}
	got := httperr.Cause(err).Error()
	if strings.Contains(got, canary) || !strings.Contains(got, "is not HTTP") || !strings.Contains(got, "/path") {
		t.Errorf("got %s", strings.ReplaceAll(got, canary, "<canary>"))
	}
}

func TestCause(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	unsent := &httperr.UnsentError{Err: errors.New("no token")}
	tests := map[string]struct {
		err  error
		want string
	}{
		"of this side":     {refused, "dial tcp: connection refused"},
		"a context's":      {context.DeadlineExceeded, "context deadline exceeded"},
		"unsent":           {unsent, "no token"},
		"of the request":   {&url.Error{Op: "Post", URL: "https://example.com/a?b", Err: refused}, `Post "https://example.com/a": dial tcp: connection refused`},
		"http for https":   {http.ErrSchemeMismatch, "http: server gave HTTP response to HTTPS client"},
		"a proxy's status": {errors.New("Bad Gateway"), "the proxy answered: Bad Gateway"},
		"of the other":     {errors.New(canary), "the answer is not HTTP"},
	}
	for name, tt := range tests {
		if got := httperr.Cause(tt.err).Error(); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, strings.ReplaceAll(got, canary, "<canary>"), tt.want)
		}
	}
}

// A server that speaks neither TLS nor the plain http that net/http recognises is named
// as one without TLS.
func TestNoTLSIsSpoken(t *testing.T) {
	listener := serve(t, func(conn net.Conn) { _, _ = conn.Write([]byte("<html>" + canary)) })
	to := "https://" + listener.Addr().String()
	_, err := http.Get(to)
	got := httperr.Sentence("the API", to, err)
	if want := "the server at " + to + " does not speak TLS: use an http:// URL if it serves plain http"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
