package server

import (
	"io"
	"net"
	"net/http"
	"time"
)

// A client that reads an answer, or sends a large body, more slowly than pace is cut
// off once it is more than grace behind.
const (
	pace  = 64 << 10 // bytes a second
	grace = 5 * time.Second
	// urgentPace is the pace of an answer that exceeds its budget while another key
	// waits for it.
	urgentPace = 1 << 20
	// unpacedSize is up to how many bytes an answer is written without looking at the
	// clock, since they fit into the kernel's buffer.
	unpacedSize = 16 << 10
	// sendBuffer is how much of an unread answer the kernel buffers. What it has taken
	// counts as read.
	sendBuffer = 256 << 10
)

func timeFor(bytes, pace int) time.Duration {
	return time.Duration(bytes) * time.Second / time.Duration(pace)
}

// lag is how far a client may still fall behind.
type lag struct{ left, grace time.Duration }

// add counts a transfer that took a time and was allowed another.
func (l *lag) add(allowed, took time.Duration) { l.left = min(l.grace, l.left+allowed-took) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// pacedWriter cuts off clients that read too slowly.
type pacedWriter struct {
	http.ResponseWriter
	conn    *http.ResponseController
	end     time.Time // for the whole answer
	lag     lag
	urgent  func() bool // reports whether another key waits for the end of the answer
	written int
}

func newPacedWriter(w http.ResponseWriter, end time.Time, grace time.Duration, urgent func() bool) *pacedWriter {
	return &pacedWriter{w, http.NewResponseController(w), end, lag{grace, grace}, urgent, 0}
}

// Write writes the bytes for one second at a time.
func (w *pacedWriter) Write(b []byte) (n int, err error) {
	for {
		part := b[n:min(len(b), n+pace)]
		m, err := w.writePart(part)
		if n += m; err != nil || n >= len(b) {
			return n, err
		}
	}
}

func (w *pacedWriter) writePart(b []byte) (int, error) {
	if w.written += len(b); w.written <= unpacedSize {
		return w.ResponseWriter.Write(b)
	}
	begin, pace := time.Now(), pace
	if w.urgent() {
		pace = urgentPace
	}
	_ = w.conn.SetWriteDeadline(earlier(w.end, begin.Add(w.lag.left+timeFor(len(b), pace))))
	n, err := w.ResponseWriter.Write(b)
	w.lag.add(timeFor(n, pace), time.Since(begin))
	_ = w.conn.SetWriteDeadline(w.end)
	return n, err
}

// SetWriteDeadline moves the end of the answer. http.ResponseController calls it.
func (w *pacedWriter) SetWriteDeadline(end time.Time) error {
	w.end = end
	return w.conn.SetWriteDeadline(end)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// pacedBody cuts off clients that send a large body too slowly.
type pacedBody struct {
	io.ReadCloser
	conn     *http.ResponseController
	end      time.Time // for the whole body
	lag      lag
	received int
}

func newPacedBody(w *pacedWriter, body io.ReadCloser, end time.Time) *pacedBody {
	return &pacedBody{ReadCloser: body, conn: w.conn, end: end, lag: lag{w.lag.grace, w.lag.grace}}
}

func (b *pacedBody) Read(p []byte) (n int, err error) {
	if b.received < smallSize {
		n, err = b.ReadCloser.Read(p)
		b.received += n
		return n, err
	}
	begin := time.Now()
	_ = b.conn.SetReadDeadline(earlier(b.end, begin.Add(b.lag.left)))
	n, err = b.ReadCloser.Read(p)
	b.lag.add(timeFor(n, pace), time.Since(begin))
	if err == io.EOF {
		clearReadDeadline(b.conn)
	}
	return n, err
}

// clearReadDeadline removes the deadline of a request that has been read. Otherwise
// net/http would treat the client as gone when it passes.
func clearReadDeadline(conn *http.ResponseController) { _ = conn.SetReadDeadline(time.Time{}) }

// sendBufferListener bounds how much the kernel buffers for each connection.
type sendBufferListener struct{ net.Listener }

func (l sendBufferListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
	return conn, err
}
