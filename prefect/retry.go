package prefect

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// codeInternal is how Apollo Server 2 calls an error that a resolver did not
// name.
const codeInternal = "INTERNAL_SERVER_ERROR"

// Retryable reports whether the same request of a [Client] may succeed later: it
// got no whole answer, or 408, 425, 429, a status from 500 on, or API_ERROR. A
// host that there is not, a certificate that is not trusted and a context that
// has ended are not.
func Retryable(err error) bool {
	var answered *APIError
	var certificate *tls.CertificateVerificationError
	var lookup *net.DNSError
	var unsent *httperr.UnsentError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &certificate), errors.Is(err, ErrNoSecretsAPI):
		return false
	case errors.As(err, &lookup):
		return !lookup.IsNotFound
	case errors.As(err, &answered):
		return answered.retryable()
	case errors.As(err, &unsent):
		return !unsent.Final
	}
	return errors.Is(err, ErrNoAnswer)
}

// MayBeDone reports whether a request that ended with err may have done what it
// asked for: it was sent, and no answer says otherwise.
func MayBeDone(err error) bool {
	var dial *net.OpError
	var answered *APIError
	switch {
	case errors.As(err, &answered):
		return answered.failedInside()
	case errors.As(err, &dial) && dial.Op == "dial":
		return false
	}
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, errMisfit)
}

func (e *APIError) retryable() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.failedInside()
}

// failedInside reports whether the API itself failed, at any moment of its work.
func (e *APIError) failedInside() bool {
	return e.Status >= http.StatusInternalServerError || e.Code == CodeAPIError || e.Code == codeInternal || e.leftOut
}
