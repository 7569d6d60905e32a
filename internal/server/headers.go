package server

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
)

// maxHeaderLines bounds the lines before a request's body. For a short line net/http
// uses about 20 times its bytes, as long as the request lasts.
const maxHeaderLines = 100

const (
	tooManyLines = "HTTP/1.1 431 Request Header Fields Too Large\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\n" + headerNoSniff + ": nosniff\r\nConnection: close\r\n\r\n" +
		"431 Request Header Fields Too Large\n"
	httpToTLS = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
)

// headerListener bounds the header lines of each request on its connections.
type headerListener struct{ net.Listener }

func (l headerListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	h := &headerConn{Conn: conn}
	if c := limitedConnOf(conn); c != nil {
		c.headers = h
	}
	return h, nil
}

// headerConn counts the header lines of each request before net/http reads them. A
// read ends where the lines end, and where a body of known length ends, so that no
// line of the next request is read uncounted.
type headerConn struct {
	net.Conn
	pending   []byte // read from Conn, and not returned yet
	lines     int
	emptyLine bool // the line so far is empty

	mu       sync.Mutex
	bodyLeft int64 // bytes of the body that are not read yet; -1 if unknown
}

// startBody is called once the header lines are read, with the length of the body.
func (h *headerConn) startBody(length int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodyLeft = length
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

// countLines counts the lines in b and returns how much of b to return: all of it, or
// what is before the end of the header lines.
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

// CloseWrite lets net/http end an answer before it closes a connection with unread
// data.
func (h *headerConn) CloseWrite() error {
	if c, ok := h.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
