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

// Transport returns a RoundTripper that calls h in the caller's goroutine. It uses
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
	var w recorder
	aborted := serve(t.handler, &w, serverRequest(r))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if aborted && w.status == 0 {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return w.response(r, aborted), nil
}

// serverRequest turns a client's request into what a server would see.
func serverRequest(r *http.Request) *http.Request {
	in := r.WithContext(r.Context())
	in.Header = r.Header.Clone()
	if in.Header == nil {
		in.Header = http.Header{}
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:0"
	return in
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
	body   []byte
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
	w.body = append(w.body, p...)
	return len(p), nil
}

func (w *recorder) response(r *http.Request, aborted bool) *http.Response {
	w.WriteHeader(http.StatusOK)
	body, length := io.Reader(bytes.NewReader(w.body)), int64(len(w.body))
	if aborted {
		body, length = io.MultiReader(body, brokenBody{}), -1
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(body), ContentLength: length, Request: r,
	}
}

// brokenBody is the end of a body whose connection was lost.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
