package server

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// client is a connection to the server.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func dialServer(t *testing.T, address string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{conn, t, bufio.NewReader(conn)}
}

// post sends a request with a key.
func (c *client) post(key, query string) {
	body := fmt.Sprintf(`{"query": %q}`, query)
	_, _ = io.WriteString(c, postHeaders(key, len(body))+body)
}

func postHeaders(key string, length int) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
		"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", key, length)
}

func (c *client) get(path string) {
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
}

// readAnswer reads an answer and its body.
func (c *client) readAnswer() (*http.Response, string) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp, string(body)
}

// ended reports whether the server has closed the connection and sent nothing before.
func (c *client) ended() bool {
	_, err := c.r.ReadByte()
	ne, ok := err.(net.Error)
	return err != nil && !(ok && ne.Timeout())
}

// Without a recognised key a connection ends with its first answer, whatever the
// request. With a key it stays open.
func TestStrangersConnectionEnds(t *testing.T) {
	r := newRig(t, "")
	address, _ := r.start()
	for name, ask := range map[string]func(*client){
		"no key":    func(c *client) { c.get("/graphql?query={secret_names}") },
		"wrong key": func(c *client) { c.post("wrong", `{ secret_names }`) },
		"health":    func(c *client) { c.get("/healthz") },
		"readiness": func(c *client) { c.get("/readyz") },
		"no path":   func(c *client) { c.get("/nothing") },
		"no method": func(c *client) { _, _ = io.WriteString(c, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			c := dialServer(t, address)
			ask(c)
			if resp, body := c.readAnswer(); !resp.Close || !c.ended() {
				t.Errorf("%v %s", resp, body)
			}
		})
	}
	for name, key := range map[string]string{"admin": r.admin, "runner": r.runner} {
		t.Run(name, func(t *testing.T) {
			c := dialServer(t, address)
			for _, query := range []string{`{ secret_names }`, `{ __typename }`, `{ nonsense }`, valueQuery("missing")} {
				c.post(key, query)
				if resp, body := c.readAnswer(); resp.Close {
					t.Errorf("%s: %v %s", query, resp, body)
				}
			}
		})
	}
}

// At the limit a new connection replaces one that is silent, however many of those
// there are and in whichever state.
func TestNewcomersTakeIdlePlaces(t *testing.T) {
	for name, hold := range map[string]func(*testServer, *client){
		"silent":         func(*testServer, *client) {},
		"half a header":  func(_ *testServer, c *client) { _, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: ") },
		"half a body":    func(r *testServer, c *client) { _, _ = io.WriteString(c, postHeaders(r.runner, 100)+"{") },
		"kept with keys": func(r *testServer, c *client) { c.post(r.runner, `{ secret_names }`); c.readAnswer() },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "", func(c *Config) { c.MaxConnections = 10 })
			address, _ := r.start()
			for range 30 {
				hold(r, dialServer(t, address))
			}
			for range 5 {
				if got := r.queryURL("http://"+address, r.admin, `{ secret_names }`); !strings.Contains(got, `"secret_names":[]`) {
					t.Error(got)
				}
			}
			if open := r.meter.connections.Load(); open > 10 {
				t.Errorf("%d connections", open)
			}
		})
	}
}

// The connection that has been idle longest is closed, and the others stay.
func TestLongestIdleGoes(t *testing.T) {
	idle := make(chan struct{}, 16)
	r := newRig(t, "", func(c *Config) {
		c.MaxConnections = 3
		c.connState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateIdle {
				idle <- struct{}{}
			}
		}
	})
	address, _ := r.start()
	// The answer reaches the client before the server takes the connection for idle.
	ask := func(c *client) {
		c.post(r.admin, `{ secret_names }`)
		c.readAnswer()
		<-idle
	}
	var clients []*client
	for range 3 {
		clients = append(clients, dialServer(t, address))
		ask(clients[len(clients)-1])
	}
	ask(clients[0]) // no longer idle longest
	late := dialServer(t, address)
	ask(late)
	if !clients[1].ended() {
		t.Error("the longest idle connection stayed")
	}
	for _, c := range []*client{clients[0], clients[2], late} {
		ask(c)
	}
}

// Each byte that comes ends an idle time, whatever it is a part of.
func TestEachByteCounts(t *testing.T) {
	one, other := net.Pipe()
	defer other.Close()
	s := newLimitedConn(one, newLimitListener(nil, 1, 0, time.Second, new(atomic.Int64)))
	s.lastRead.Store(0)
	go func() { _, _ = io.WriteString(other, "P") }()
	if _, err := s.Read(make([]byte, 1)); err != nil || s.lastRead.Load() == 0 {
		t.Errorf("last read at %d: %v", s.lastRead.Load(), err)
	}
	_ = other.Close()
	s.lastRead.Store(0)
	if _, err := s.Read(make([]byte, 1)); err == nil || s.lastRead.Load() != 0 {
		t.Errorf("the end counted as read at %d: %v", s.lastRead.Load(), err)
	}
}

// A new connection does not replace one with a request in progress. If all have one,
// health checks are answered, and other requests are asked to retry.
func TestHealthWhileAllPlacesAreInWork(t *testing.T) {
	const limit = 4
	r, f := newFragileRig(t, func(c *Config) { c.MaxConnections = limit })
	r.query(r.admin, setQuery("A", "v"))
	f.release, f.entered = make(chan struct{}), make(chan struct{}, limit)
	address, _ := r.start()
	var busy []*client
	for range limit {
		c := dialServer(t, address)
		c.post(r.runner, valueQuery("A"))
		<-f.entered
		busy = append(busy, c)
	}
	for range 2 * spareConns {
		dialServer(t, address) // silent, and delays nobody
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		c := dialServer(t, address)
		c.get(path)
		if resp, body := c.readAnswer(); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %s", path, resp, body)
		}
	}
	c := dialServer(t, address)
	c.post(r.runner, valueQuery("A"))
	resp, body := c.readAnswer()
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "API_ERROR") || !c.ended() {
		t.Errorf("%v %s", resp, body)
	}
	if open := r.meter.connections.Load(); open > limit+spareConns {
		t.Errorf("%d connections", open)
	}
	close(f.release)
	for _, c := range busy {
		if _, body := c.readAnswer(); !strings.Contains(body, `"v"`) {
			t.Error(body)
		}
	}
}

// deadlines is a connection that remembers its last deadline.
type deadlines struct {
	net.Conn
	last time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.last = t; return nil }

// A TLS handshake and the first headers together have the time of the headers. After
// that the deadlines are those of net/http.
func TestFirstRequestBegins(t *testing.T) {
	conn := &deadlines{}
	s := newLimitedConn(conn, newLimitListener(nil, 1, 0, 10*time.Second, new(atomic.Int64)))
	later := time.Now().Add(time.Hour)
	for _, wanted := range []time.Time{{}, later, later.Add(time.Hour)} {
		if _ = s.SetReadDeadline(wanted); !conn.last.Equal(s.firstDeadline) {
			t.Errorf("%v became %v", wanted, conn.last)
		}
	}
	_ = s.SetReadDeadline(later)
	if s.startRequest(0); !conn.last.Equal(later) {
		t.Errorf("the body's deadline is %v", conn.last)
	}
	if _ = s.SetReadDeadline(time.Time{}); !conn.last.IsZero() {
		t.Errorf("the deadline of what follows is %v", conn.last)
	}
}

// A silent client is disconnected, with TLS before the handshake and after it.
func TestSilentConnectionsEnd(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	r := newRig(t, "", func(c *Config) {
		c.CertificateFile, c.CertificateKey = cert, key
		c.timeouts = timeouts{header: 4 * time.Second}
	})
	address, _ := r.start()
	silent, greeted := dialServer(t, address), dialServer(t, address)
	if err := tls.Client(greeted, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !silent.ended() || !greeted.drained() {
		t.Error("a connection stayed")
	}
}

// drained reads what is left and reports whether the server has closed the connection.
func (c *client) drained() bool {
	_, err := io.Copy(io.Discard, c.r)
	ne, ok := err.(net.Error)
	return !ok || !ne.Timeout()
}

// A body has its own time, which begins with its headers.
func TestBodyAfterSlowHeaders(t *testing.T) {
	r := newRig(t, "", func(c *Config) { c.timeouts = timeouts{header: 2 * time.Second, read: 20 * time.Second} })
	address, _ := r.start()
	c := dialServer(t, address)
	body := `{"query": "{ secret_names }"}`
	_, _ = io.WriteString(c, postHeaders(r.admin, len(body)))
	time.Sleep(3 * time.Second)
	_, _ = io.WriteString(c, body)
	if _, got := c.readAnswer(); !strings.Contains(got, `"secret_names":[]`) {
		t.Error(got)
	}
}
