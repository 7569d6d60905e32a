package cloud

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// Transport returns a RoundTripper that calls h, which must not change the request's
// headers, in the caller's goroutine. It uses
// no socket, goroutine or lock and needs no closing, so it works in a
// testing/synctest bubble. The answer is complete when RoundTrip returns.
//
// If the request's context is cancelled, RoundTrip returns its cause as the error,
// after h has returned. A handler that panics with [http.ErrAbortHandler] looks like
// a connection that was reset: RoundTrip fails if nothing was written yet, else the
// body ends with [io.ErrUnexpectedEOF]. Any other panic is passed on.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	x := &exchange{request: *r}
	x.sent = x.short[:0]
	x.completeRequest()
	aborted := serve(t.handler, &x.recorder, &x.request)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if aborted && x.status == 0 {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	x.completeResponse(r, aborted)
	return &x.response, nil
}

// exchange is a request and the answer to it, in one piece of memory.
type exchange struct {
	request http.Request
	recorder
	short    [48]byte // holds what is sent, if it is short, as the answer to one set is
	response http.Response
	body     body
}

// body is the body of an answer, which needs no closing.
type body struct{ bytes.Reader }

// Close implements [io.Closer].
func (*body) Close() error { return nil }

// completeRequest turns a client's request into what a server would see.
func (x *exchange) completeRequest() {
	r := &x.request
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.RequestURI = r.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
}

func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (aborted bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			aborted = true
		default:
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// recorder records what a handler writes.
type recorder struct {
	header http.Header
	status int
	sent   []byte
}

// Header implements [http.ResponseWriter]. Changes after the header is sent have no
// effect.
func (w *recorder) Header() http.Header {
	switch {
	case w.status != 0:
		return w.header.Clone()
	case w.header == nil:
		w.header = http.Header{}
	}
	return w.header
}

// WriteHeader implements [http.ResponseWriter]. The first final status counts.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.header = w.Header()
		w.status = status
	}
}

// Write implements [http.ResponseWriter].
func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.sent = append(w.sent, p...)
	return len(p), nil
}

// completeResponse makes the answer to r from what the handler wrote.
func (x *exchange) completeResponse(r *http.Request, aborted bool) {
	x.WriteHeader(http.StatusOK)
	x.body.Reset(x.sent)
	x.response = http.Response{
		Status: statusLine(x.status), StatusCode: x.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.header, Body: &x.body, ContentLength: int64(len(x.sent)), Request: r,
	}
	if aborted {
		x.response.Body, x.response.ContentLength = io.NopCloser(io.MultiReader(&x.body, brokenBody{})), -1
	}
}

// statusLine returns a status with its text. It makes no string for the most common one.
func statusLine(status int) string {
	if status == http.StatusOK {
		return "200 OK"
	}
	return strconv.Itoa(status) + " " + http.StatusText(status)
}

// brokenBody is the end of a body whose connection was lost.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
