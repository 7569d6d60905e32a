package httperr

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"syscall"
)

// IsOutageStatus reports whether a status means that the other side is away, and may
// soon be back: a proxy says so of the server behind it, or the server of itself.
func IsOutageStatus(status int) bool {
	return slices.Contains([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, status)
}

// An outage is a server that is not there yet, or not any more: the errors that a
// connection ends with then, and what [Reason] calls them.
var outages = []struct {
	err    error
	reason string
}{
	{syscall.ECONNREFUSED, "connection refused"},
	{syscall.ECONNRESET, "connection reset"},
	{syscall.ECONNABORTED, "connection reset"},
	{syscall.EPIPE, "connection reset"},
	{syscall.EHOSTUNREACH, "host unreachable"},
	{io.EOF, "connection closed"},
	{io.ErrUnexpectedEOF, "connection closed"},
}

// IsOutage reports whether a request got no answer because the other side is away for
// now: the connection was refused or reset, or no answer came in time.
func IsOutage(err error) bool { return Reason(err) != "" }

// Reason returns what kind of outage an error is, in a few words. It returns ""
// for any other error.
func Reason(err error) string {
	var unsent *UnsentError
	var lookup *net.DNSError
	switch {
	case errors.As(err, &unsent), errors.Is(err, context.Canceled), IsTLS(err):
		return ""
	case errors.As(err, &lookup) && !lookup.IsTimeout:
		return ""
	case IsOutageStatus(proxyStatus(err)):
		return "the proxy answered: " + http.StatusText(proxyStatus(err))
	}
	for _, outage := range outages {
		if errors.Is(err, outage.err) {
			return outage.reason
		}
	}
	if isTimeout(err) {
		return "no answer in time"
	}
	return ""
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, syscall.ETIMEDOUT)
}

// proxyStatus returns the status with which a proxy refused to connect, or 0.
func proxyStatus(err error) int {
	var proxy *proxyError
	var failed *url.Error
	switch {
	case errors.As(err, &proxy):
		return proxy.status
	case errors.As(err, &failed):
		return statusOf(failed.Err.Error())
	}
	return 0
}

// IsTLS reports whether there is no TLS connection, for a reason that stays: an
// untrusted certificate, no common version, or a server that does not speak TLS.
func IsTLS(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var operation *net.OpError
	switch {
	case errors.As(err, &certificate), errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return true
	case errors.As(err, &operation) && (operation.Op == "remote error" || operation.Op == "local error"):
		return true // an alert of crypto/tls
	}
	return false
}

// IsFinal reports whether the same request would fail again: there is no such host, no
// TLS, or a proxy that does not allow it.
func IsFinal(err error) bool {
	var lookup *net.DNSError
	status := proxyStatus(err)
	return errors.As(err, &lookup) && lookup.IsNotFound || IsTLS(err) ||
		status != 0 && status < http.StatusInternalServerError && status != http.StatusTooManyRequests
}
