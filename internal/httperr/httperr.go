// Package httperr explains why an HTTP request got no answer, without repeating
// anything that the other side sent.
package httperr

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

// UnsentError is why an http.RoundTripper did not send a request at all. A client
// returns it unchanged: the API was asked for nothing.
type UnsentError struct {
	Err   error
	Final bool // a retry would not be sent either
}

func (e *UnsentError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *UnsentError) Unwrap() error { return e.Err }

var errNotHTTP = errors.New("the answer is not HTTP")

// Cause returns why a request got no answer, without anything that the other side
// wrote: an error of net/http quotes what it could not read. The names in a
// certificate stay.
func Cause(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return localCause(err)
	}
	return &url.Error{Op: failed.Op, URL: redactURL(failed.URL), Err: localCause(failed.Err)}
}

// redactURL returns a URL without user, query and fragment.
func redactURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "a URL"
	}
	return address.Redacted(u)
}

// localCause returns err if this side of the connection wrote it, or if its text is one
// that net/http always words the same. It replaces any other.
func localCause(err error) error {
	switch text := err.Error(); {
	case isLocal(err):
		return err
	case statusOf(text) != 0:
		return &proxyError{statusOf(text)}
	}
	return errNotHTTP
}

// isLocal reports whether this side of the connection wrote the error.
func isLocal(err error) bool {
	var operation *net.OpError
	var lookup *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var errno syscall.Errno
	var unsent *UnsentError
	var proxy *proxyError
	for _, target := range []any{&operation, &lookup, &certificate, &authority, &record, &errno, &unsent, &proxy} {
		if errors.As(err, target) {
			return true
		}
	}
	for _, target := range []error{
		io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, http.ErrSchemeMismatch,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// proxyError is the status with which a proxy refused to connect.
type proxyError struct{ status int }

func (e *proxyError) Error() string { return "the proxy answered: " + http.StatusText(e.status) }

// statusOf returns the status from which net/http made a text, 0 for another text.
func statusOf(text string) int {
	for code := http.StatusBadRequest; code < 600; code++ {
		if text != "" && text == http.StatusText(code) {
			return code
		}
	}
	return 0
}
