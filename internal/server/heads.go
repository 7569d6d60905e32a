package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
)

// maxHeaderLines bounds the lines before a request's body. net/http keeps about 20
// times the bytes of a short one, for as long as the request lasts.
const maxHeaderLines = 100

const (
	tooManyLines = "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n431 Request Header Fields Too Large\n"
	plainToTLS   = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
)

// heads are connections whose requests have few header lines, whoever sends them.
type heads struct{ net.Listener }

func (l heads) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	h := &head{Conn: conn}
	if s := seatOf(conn); s != nil {
		s.head = h
	}
	return h, nil
}

// head counts the lines of each request before net/http has them. It gives out the
// end of them, and of a body of known length, at the end of a read, so that nothing
// of the next request comes uncounted.
type head struct {
	net.Conn
	rest  []byte // what came behind the end of a read
	lines int
	bare  bool // the line so far is empty

	mu   sync.Mutex
	body int64 // how much of it is to come; -1 where that is not known
}

// begin is called once the lines are there, with the length of the body.
func (h *head) begin(body int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.body = body
}

func (h *head) Read(p []byte) (int, error) {
	h.mu.Lock()
	body := h.body
	h.mu.Unlock()
	if body > 0 {
		p = p[:min(int64(len(p)), body)]
	}
	n, err := h.read(p)
	switch {
	case body > 0:
		h.begin(body - int64(n))
	case body == 0:
		return h.count(p[:n], err)
	}
	return n, err
}

func (h *head) read(p []byte) (int, error) {
	if len(h.rest) > 0 {
		n := copy(p, h.rest)
		h.rest = h.rest[n:]
		return n, nil
	}
	n, err := h.Conn.Read(p)
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil {
		_, _ = io.WriteString(record.Conn, plainToTLS)
	}
	return n, err
}

// count looks for the end of the lines in what came.
func (h *head) count(b []byte, err error) (int, error) {
	for i, c := range b {
		switch {
		case c != '\n':
			h.bare = h.bare && c == '\r'
			continue
		case h.bare:
			h.rest = append(bytes.Clone(b[i+1:]), h.rest...)
			h.lines, h.bare = 0, false
			return i + 1, nil
		}
		if h.lines, h.bare = h.lines+1, true; h.lines > maxHeaderLines {
			_, _ = io.WriteString(h.Conn, tooManyLines)
			return 0, &net.OpError{Op: "read", Net: "tcp", Err: errors.New("too many header lines")}
		}
	}
	return len(b), err
}

// CloseWrite lets net/http end an answer before it drops what it did not read.
func (h *head) CloseWrite() error {
	if c, ok := h.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
