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

func dial(t *testing.T, address string) *client {
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
	_, _ = fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", key, len(body), body)
}

func (c *client) get(path string) {
	_, _ = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
}

// answer reads an answer whole.
func (c *client) answer() (*http.Response, string) {
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

// ended reports whether the server has closed the connection, and sent nothing more.
func (c *client) ended() bool {
	_, err := c.r.ReadByte()
	ne, late := err.(net.Error)
	return err != nil && !(late && ne.Timeout())
}

// A stranger's connection ends with its answer, whatever it asked for; who has a key
// keeps it.
func TestStrangersConnectionEnds(t *testing.T) {
	r := newRig(t, "")
	address, _ := r.serve()
	for name, ask := range map[string]func(*client){
		"no key":    func(c *client) { c.get("/graphql?query={secret_names}") },
		"wrong key": func(c *client) { c.post("wrong", `{ secret_names }`) },
		"health":    func(c *client) { c.get("/healthz") },
		"readiness": func(c *client) { c.get("/readyz") },
		"no path":   func(c *client) { c.get("/nothing") },
		"no method": func(c *client) { _, _ = io.WriteString(c, "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			ask(c)
			if resp, body := c.answer(); !resp.Close || !c.ended() {
				t.Errorf("%v %s", resp, body)
			}
		})
	}
	for name, key := range map[string]string{"admin": r.admin, "runner": r.runner} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			for _, query := range []string{`{ secret_names }`, `{ __typename }`, `{ nonsense }`, value("missing")} {
				c.post(key, query)
				if resp, body := c.answer(); resp.Close {
					t.Errorf("%s: %v %s", query, resp, body)
				}
			}
		})
	}
}

// Where all places are taken, newcomers get those of who sends nothing, on however
// many connections and in whichever state that is.
func TestNewcomersTakeIdlePlaces(t *testing.T) {
	for name, hold := range map[string]func(*rig, *client){
		"silent":         func(*rig, *client) {},
		"half a header":  func(_ *rig, c *client) { _, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: ") },
		"half a body":    func(r *rig, c *client) { _, _ = io.WriteString(c, halfPost(r.runner)) },
		"kept with keys": func(r *rig, c *client) { c.post(r.runner, `{ secret_names }`); c.answer() },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "", func(c *Config) { c.MaxConnections = 10 })
			address, _ := r.serve()
			for range 30 {
				hold(r, dial(t, address))
			}
			for range 5 {
				if got := r.post("http://"+address, r.admin, `{ secret_names }`); !strings.Contains(got, `"secret_names":[]`) {
					t.Error(got)
				}
			}
			if open := r.meter.connections.Load(); open > 10 {
				t.Errorf("%d connections", open)
			}
		})
	}
}

func halfPost(key string) string {
	return "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + key + "\r\nContent-Length: 100\r\n\r\n{"
}

// The one that has been idle for the longest time goes, and the others stay.
func TestLongestIdleGoes(t *testing.T) {
	r := newRig(t, "", func(c *Config) { c.MaxConnections = 3 })
	address, _ := r.serve()
	var clients []*client
	for range 3 {
		c := dial(t, address)
		c.post(r.admin, `{ secret_names }`)
		c.answer()
		clients = append(clients, c)
	}
	clients[0].post(r.admin, `{ secret_names }`) // no longer the longest
	clients[0].answer()
	late := dial(t, address)
	late.post(r.admin, `{ secret_names }`)
	late.answer()
	if !clients[1].ended() {
		t.Error("the longest idle connection stayed")
	}
	for _, c := range []*client{clients[0], clients[2], late} {
		c.post(r.admin, `{ secret_names }`)
		c.answer()
	}
}

// What counts is the last byte that came, of whatever it is a part.
func TestEachByteIsHeard(t *testing.T) {
	one, other := net.Pipe()
	defer other.Close()
	s := newLimitedConn(one, newLimitListener(nil, 1, 0, time.Second, new(atomic.Int64)))
	s.lastRead.Store(0)
	go func() { _, _ = io.WriteString(other, "P") }()
	if _, err := s.Read(make([]byte, 1)); err != nil || s.lastRead.Load() == 0 {
		t.Errorf("heard at %d: %v", s.lastRead.Load(), err)
	}
	_ = other.Close()
	s.lastRead.Store(0)
	if _, err := s.Read(make([]byte, 1)); err == nil || s.lastRead.Load() != 0 {
		t.Errorf("heard the end at %d: %v", s.lastRead.Load(), err)
	}
}

// No newcomer takes the place of a request in work. While all are, the health is
// answered, and others are told to come again.
func TestHealthWhileAllPlacesAreInWork(t *testing.T) {
	const limit = 4
	r, f := newFragile(t, func(c *Config) { c.MaxConnections = limit })
	r.do(r.admin, set("A", "v"))
	f.held, f.entered = make(chan struct{}), make(chan struct{}, limit)
	address, _ := r.serve()
	var busy []*client
	for range limit {
		c := dial(t, address)
		c.post(r.runner, value("A"))
		<-f.entered
		busy = append(busy, c)
	}
	for range 2 * spareConns {
		dial(t, address) // silent, and in nobody's way
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		c := dial(t, address)
		c.get(path)
		if resp, body := c.answer(); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %s", path, resp, body)
		}
	}
	c := dial(t, address)
	c.post(r.runner, value("A"))
	if resp, body := c.answer(); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "API_ERROR") || !c.ended() {
		t.Errorf("%v %s", resp, body)
	}
	if open := r.meter.connections.Load(); open > limit+spareConns {
		t.Errorf("%d connections", open)
	}
	close(f.held)
	for _, c := range busy {
		if _, body := c.answer(); !strings.Contains(body, `"v"`) {
			t.Error(body)
		}
	}
}

// deadlines is a connection that keeps the last deadline.
type deadlines struct {
	net.Conn
	last time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.last = t; return nil }

// A handshake and the first headers together have the time of the headers, and what
// comes after them the time that net/http gives it.
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

// Who sends nothing is hung up on, with TLS too, before a handshake and after.
func TestSilentConnectionsEnd(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	r := newRig(t, "", func(c *Config) {
		c.CertificateFile, c.CertificateKey = cert, key
		c.timeouts = timeouts{header: 4 * time.Second}
	})
	address, _ := r.serve()
	silent, greeted := dial(t, address), dial(t, address)
	if err := tls.Client(greeted, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !silent.ended() || !greeted.drained() {
		t.Error("a connection stayed")
	}
}

// drained reads what is left and reports whether the server has ended the connection.
func (c *client) drained() bool {
	_, err := io.Copy(io.Discard, c.r)
	ne, late := err.(net.Error)
	return !late || !ne.Timeout()
}

// A body has its own time, which begins with its headers.
func TestBodyAfterSlowHeaders(t *testing.T) {
	r := newRig(t, "", func(c *Config) { c.timeouts = timeouts{header: 2 * time.Second, read: 20 * time.Second} })
	address, _ := r.serve()
	c := dial(t, address)
	body := `{"query": "{ secret_names }"}`
	_, _ = fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", r.admin, len(body))
	time.Sleep(3 * time.Second)
	_, _ = io.WriteString(c, body)
	if _, got := c.answer(); !strings.Contains(got, `"secret_names":[]`) {
		t.Error(got)
	}
}
