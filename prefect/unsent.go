package prefect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

// UnsentError is why a [ClientConfig] Transport did not send a request at all. The
// client returns it as it is: nothing was asked of the API.
type UnsentError struct {
	Err   error
	Final bool // it would not be sent later, either
}

func (e *UnsentError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *UnsentError) Unwrap() error { return e.Err }

var errNotHTTP = errors.New("what came back is not an HTTP answer")

// Cause is why a request over HTTP got no answer, without anything that the other
// side wrote: an error of net/http quotes what it could not read. The names in a
// certificate stay.
func Cause(err error) error {
	var asked *url.Error
	if !errors.As(err, &asked) {
		return ownCause(err)
	}
	host := &url.Error{Op: asked.Op, URL: withoutQuery(asked.URL), Err: ownCause(asked.Err)}
	return host
}

func withoutQuery(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "a URL"
	}
	return address.Shown(u)
}

func ownCause(err error) error {
	const plainHTTP = "server gave HTTP response to HTTPS client"
	switch text := err.Error(); {
	case isOwn(err):
		return err
	case strings.HasSuffix(text, plainHTTP):
		return errors.New(plainHTTP)
	case isStatusText(text):
		return errors.New("the proxy answered: " + text)
	}
	return errNotHTTP
}

// isOwn reports whether this side of the connection wrote the error.
func isOwn(err error) bool {
	var timeout net.Error
	var operation *net.OpError
	var lookup *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var errno syscall.Errno
	var unsent *UnsentError
	for _, target := range []any{&operation, &lookup, &certificate, &authority, &record, &errno, &unsent} {
		if errors.As(err, target) {
			return true
		}
	}
	for _, target := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, errMisfit} {
		if errors.Is(err, target) {
			return true
		}
	}
	return errors.As(err, &timeout) && timeout.Timeout()
}

// isStatusText reports whether a text is what net/http makes of a proxy's refusal.
func isStatusText(text string) bool {
	for code := http.StatusBadRequest; code < 600; code++ {
		if text != "" && text == http.StatusText(code) {
			return true
		}
	}
	return false
}
