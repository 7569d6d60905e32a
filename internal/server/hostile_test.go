package server

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// A document that exceeds a bound is refused before it costs anything.
func TestLimits(t *testing.T) {
	r := newRig(t, "")
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, tt := range map[string]struct {
		query  string
		status int
		want   string
	}{
		"tokens":       {"{ secret_names " + strings.Repeat("@a ", 10_001) + "}", 400, "20000"},
		"fields":       {"{" + repeat(1001, "a%d: secret_names ") + "}", 400, "more than 1000 fields"},
		"variables":    {"query(" + repeat(1001, "$a%d: Int ") + ") { secret_names }", 400, "more than 1000 variables"},
		"fragments":    {"{ secret_names }" + repeat(51, " fragment f%d on Query { secret_names }"), 400, "more than 50 fragments"},
		"spreads":      {"{" + strings.Repeat("...f ", 51) + "} fragment f on Query { secret_names }", 400, "more than 50 fragment spreads"},
		"depth":        {strings.Repeat("{ a ", 9) + strings.Repeat("}", 9), 400, "maximum operation depth of 7"},
		"name":         {setQuery(strings.Repeat("n", 256), "v"), 200, "255 bytes"},
		"value":        {setQuery("n", strings.Repeat("v", 64<<10)), 200, "65536 bytes"},
		"body":         {"{ secret_names }" + strings.Repeat(" ", cloud.MaxBody), 413, "larger than 5242880 bytes"},
		"below limits": {"{" + repeat(1000, "a%d: secret_names ") + "}", 200, `"a999":[]`},
	} {
		t.Run(name, func(t *testing.T) { r.query(r.admin, tt.query).check(t, tt.status, tt.want) })
	}
}

// endlessBody is a body without an end. It counts what is read of it.
type endlessBody struct{ read int }

func (b *endlessBody) Read(p []byte) (int, error) {
	b.read += len(p)
	return len(p), nil
}

// The body of a request without a valid key is not read, and of other bodies no more
// than the limit is.
func TestEndlessBody(t *testing.T) {
	r := newRig(t, "")
	unknown, known := &endlessBody{}, &endlessBody{}
	r.postBody("wrong", "/", unknown).check(t, 200, "UNAUTHENTICATED")
	r.record(r.Handler(), r.newChunkedRequest(r.admin, known)).check(t, 413)
	if unknown.read != 0 || known.read > 2*cloud.MaxBody+1<<20 {
		t.Errorf("read %d bytes of a body without a valid key, and %d of one with a key", unknown.read, known.read)
	}
}

func (r *testServer) newChunkedRequest(key string, body io.Reader) *http.Request {
	req := r.newRequest("/", key, body)
	req.ContentLength = -1
	return req
}

// No body is decompressed, so none grows.
func TestGzipBomb(t *testing.T) {
	r := newRig(t, "")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(bytes.Repeat([]byte(" "), 16<<20))
	_ = w.Close()
	req := r.newRequest("/", r.admin, &packed)
	req.Header.Set("Content-Encoding", "gzip")
	r.record(r.Handler(), req).check(t, 415)
}

// sendRaw sends text and returns what the server sends until it closes the connection.
func sendRaw(t *testing.T, address, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, text)
	answer, err := io.ReadAll(conn)
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Fatalf("the server did not close the connection after %q", text[:min(len(text), 40)])
	}
	return string(answer)
}

// A client that sends slowly is disconnected; one that sends huge headers is refused.
func TestSlowAndHugeClients(t *testing.T) {
	r := newRig(t, "", func(c *Config) {
		c.timeouts = timeouts{header: 300 * time.Millisecond, read: 600 * time.Millisecond}
	})
	address, _ := r.start()
	post := "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + r.admin + "\r\n"
	if got := sendRaw(t, address, "POST / HTTP/1.1\r\nHost: x\r\nX-A: "); got != "" && !strings.Contains(got, " 408 ") {
		t.Errorf("slow headers: %q", got)
	}
	if got := sendRaw(t, address, post+"Content-Length: 100\r\n\r\n{"); !strings.Contains(got, " 400 ") {
		t.Errorf("slow body: %q", got)
	}
	huge := "GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 64<<10) + "\r\n\r\n"
	if got := sendRaw(t, address, huge); !strings.Contains(got, " 431 ") {
		t.Errorf("huge header: %q", got)
	}
	if got := sendRaw(t, address, post+"Content-Length: 9999999999\r\n\r\n{"); !strings.Contains(got, " 413 ") {
		t.Errorf("huge length: %q", got)
	}
	eventually(t, "an answer to the next client", func() bool {
		return strings.Contains(r.queryURL("http://"+address, r.admin, `{ secret_names }`), `"secret_names":[]`)
	})
}

// A client that reads slowly is disconnected, and its turn is free again.
func TestSlowReader(t *testing.T) {
	r := newRig(t, "", func(c *Config) {
		c.timeouts = timeouts{write: 200 * time.Millisecond}
		c.MaxRequests = 1
		c.Wrap = func(api *cloud.API) (http.Handler, error) {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/large" {
					for range 1000 {
						if _, err := w.Write(make([]byte, 1<<20)); err != nil {
							return
						}
					}
				}
				api.ServeHTTP(w, r)
			}), nil
		}
	})
	address, _ := r.start()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	_, _ = bufio.NewReaderSize(conn, 16).ReadByte() // and no more
	eventually(t, "the free turn", func() bool {
		return strings.Contains(r.queryURL("http://"+address, r.admin, `{ secret_names }`), `"secret_names":[]`)
	})
}

// Connections beyond the bound wait, and are served when others have closed.
func TestManyConnections(t *testing.T) {
	const limit, clients = 20, 300
	r := newRig(t, "", func(c *Config) { c.MaxConnections = limit })
	address, _ := r.start()
	conns := make([]net.Conn, clients)
	for i := range conns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = conn
	}
	// While a connection is replaced by a new one, it is not counted for a moment.
	eventually(t, "the bound in the metrics", func() bool {
		return strings.Contains(r.get("/metrics").body, fmt.Sprintf("prefect_secrets_connections %d\n", limit))
	})
	answer := make(chan string, 1)
	go func() { answer <- r.queryURL("http://"+address, r.admin, `{ secret_names }`) }()
	for _, conn := range conns {
		if r.meter.connections.Load() > limit {
			t.Errorf("%d connections", r.meter.connections.Load())
		}
		_ = conn.Close()
	}
	if got := <-answer; !strings.Contains(got, `"secret_names":[]`) {
		t.Error(got)
	}
}

// Requests beyond the bound are asked to retry, and do not disturb those in progress.
func TestManyRequests(t *testing.T) {
	r, f := newFragileRig(t, func(c *Config) { c.MaxRequests, c.timeouts.patience = 2, 100*time.Millisecond })
	r.query(r.admin, setQuery("A", "v"))
	f.release, f.entered = make(chan struct{}), make(chan struct{}, 2)
	answers := make(chan string, 2)
	address, _ := r.start()
	for range 2 {
		go func() { answers <- r.queryURL("http://"+address, r.runner, valueQuery("A")) }()
	}
	<-f.entered
	<-f.entered
	busy := r.query(r.runner, valueQuery("A"))
	busy.check(t, 503, "API_ERROR")
	if busy.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", busy.header)
	}
	r.get("/healthz").check(t, 200, "ok")
	r.get("/readyz").check(t, 200)
	r.get("/metrics").check(t, 200, "prefect_secrets_busy_total 1", "prefect_secrets_requests_in_flight 2")
	close(f.release)
	for range 2 {
		if got := <-answers; !strings.Contains(got, `"v"`) {
			t.Error(got)
		}
	}
}
