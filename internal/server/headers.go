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
	httpToTLS    = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
)

// heads are connections whose requests have few header lines, whoever sends them.
type headerListener struct{ net.Listener }

func (l headerListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	h := &headerConn{Conn: conn}
	if s := limitedConnOf(conn); s != nil {
		s.headers = h
	}
	return h, nil
}

// head counts the lines of each request before net/http has them. It gives out the
// end of them, and of a body of known length, at the end of a read, so that nothing
// of the next request comes uncounted.
type headerConn struct {
	net.Conn
	pending   []byte // what came behind the end of a read
	lines     int
	emptyLine bool // the line so far is empty

	mu       sync.Mutex
	bodyLeft int64 // how much of it is to come; -1 where that is not known
}

// begin is called once the lines are there, with the length of the body.
func (h *headerConn) startBody(body int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodyLeft = body
}

func (h *headerConn) Read(p []byte) (int, error) {
	h.mu.Lock()
	body := h.bodyLeft
	h.mu.Unlock()
	if body > 0 {
		p = p[:min(int64(len(p)), body)]
	}
	n, err := h.read(p)
	switch {
	case body > 0:
		h.startBody(body - int64(n))
	case body == 0:
		return h.countLines(p[:n], err)
	}
	return n, err
}

func (h *headerConn) read(p []byte) (int, error) {
	if len(h.pending) > 0 {
		n := copy(p, h.pending)
		h.pending = h.pending[n:]
		return n, nil
	}
	n, err := h.Conn.Read(p)
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil {
		_, _ = io.WriteString(record.Conn, httpToTLS)
	}
	return n, err
}

// count looks for the end of the lines in what came.
func (h *headerConn) countLines(b []byte, err error) (int, error) {
	for i, c := range b {
		switch {
		case c != '\n':
			h.emptyLine = h.emptyLine && c == '\r'
			continue
		case h.emptyLine:
			h.pending = append(bytes.Clone(b[i+1:]), h.pending...)
			h.lines, h.emptyLine = 0, false
			return i + 1, nil
		}
		if h.lines, h.emptyLine = h.lines+1, true; h.lines > maxHeaderLines {
			_, _ = io.WriteString(h.Conn, tooManyLines)
			return 0, &net.OpError{Op: "read", Net: "tcp", Err: errors.New("too many header lines")}
		}
	}
	return len(b), err
}

// CloseWrite lets net/http end an answer before it drops what it did not read.
func (h *headerConn) CloseWrite() error {
	if c, ok := h.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
