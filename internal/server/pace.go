package server

import (
	"io"
	"net"
	"net/http"
	"time"
)

// A client that reads an answer, or sends a large body, slower than pace is cut off,
// once it is more than grace behind.
const (
	pace  = 64 << 10 // bytes a second
	grace = 5 * time.Second
	// hurried is the pace of an answer for which there was no room, and which goes
	// ahead of others, while another key waits.
	urgentPace = 1 << 20
	// unpaced is up to how much of an answer fits into what the kernel keeps of it, so
	// that nobody needs to look at a clock.
	unpacedSize = 16 << 10
	// sendBuffer is what the kernel keeps of an answer that is not read. What it has
	// taken counts as read.
	sendBuffer = 256 << 10
)

func timeFor(bytes, pace int) time.Duration {
	return time.Duration(bytes) * time.Second / time.Duration(pace)
}

// lag is how far a client may still fall behind.
type lag struct{ left, grace time.Duration }

// moved tells that bytes which may take so long have taken so long.
func (l *lag) add(due, took time.Duration) { l.left = min(l.grace, l.left+due-took) }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// pacedWriter cuts off who reads too slowly.
type pacedWriter struct {
	http.ResponseWriter
	conn *http.ResponseController
	end  time.Time // for the whole answer
	lag  lag
	// awaited reports whether another key waits for the end of the answer.
	urgent  func() bool
	written int
}

func newPacedWriter(w http.ResponseWriter, end time.Time, grace time.Duration, awaited func() bool) *pacedWriter {
	return &pacedWriter{w, http.NewResponseController(w), end, lag{grace, grace}, awaited, 0}
}

// Write writes a second's worth at a time.
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

// SetWriteDeadline is for http.ResponseController: it moves the end.
func (w *pacedWriter) SetWriteDeadline(end time.Time) error {
	w.end = end
	return w.conn.SetWriteDeadline(end)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// pacedBody cuts off who sends a large body too slowly.
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

// unhurried takes away the deadline for a request that has been read. At it net/http
// would take the client for gone.
func clearReadDeadline(conn *http.ResponseController) { _ = conn.SetReadDeadline(time.Time{}) }

// sendListener bounds what the kernel keeps for each connection.
type sendBufferListener struct{ net.Listener }

func (l sendBufferListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
	return conn, err
}
