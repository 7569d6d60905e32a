package httperr

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

// Sentence says why a request to a URL got no answer; who is what answers there. What
// is not known it has in the words of err.
func Sentence(who, to string, err error) string {
	var failed *url.Error
	cause, to := err, address.Display(to)
	if errors.As(err, &failed) {
		cause = failed.Err
	}
	var lookup *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case isPlainHTTP(cause):
		return fmt.Sprintf("the server at %s speaks plain http: use %s, or make it serve https",
			to, strings.Replace(to, "https:", "http:", 1))
	case errors.As(cause, &record):
		return fmt.Sprintf("the server at %s does not speak TLS: use an http:// URL if it serves plain http", to)
	case IsTLS(cause):
		return fmt.Sprintf("cannot connect securely to %s: %s", to, cause)
	case errors.Is(cause, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens at %s (connection refused)", to)
	case errors.As(cause, &lookup) && lookup.IsNotFound:
		return fmt.Sprintf("%s did not answer at %s: host %q does not exist", who, to, lookup.Name)
	}
	return fmt.Sprintf("%s did not answer at %s: %s", who, to, cmp.Or(Reason(cause), cause.Error()))
}

// isPlainHTTP reports whether a server answered in http to a request in https.
func isPlainHTTP(err error) bool {
	var record tls.RecordHeaderError
	return errors.Is(err, http.ErrSchemeMismatch) ||
		errors.As(err, &record) && strings.HasPrefix(string(record.RecordHeader[:]), "HTTP/")
}
