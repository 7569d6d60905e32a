package prefect

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// Retryable reports whether the same request of a [Client] may succeed later: it got
// no complete answer, or 408, 425, 429, a status of 500 or more, or API_ERROR. An
// unknown host, a failure of TLS and a cancelled context are not retryable.
func Retryable(err error) bool {
	var answered *APIError
	var unsent *httperr.UnsentError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, ErrNoSecretsAPI):
		return false
	case errors.As(err, &answered):
		return answered.retryable()
	case errors.As(err, &unsent):
		return !unsent.Final
	}
	return errors.Is(err, ErrNoAnswer) && !httperr.IsFinal(err)
}

// MayBeDone reports whether the API may have done what a request asked for although
// it ended with err: the request was sent, and no answer says otherwise.
func MayBeDone(err error) bool {
	var dial *net.OpError
	var answered *APIError
	switch {
	case errors.As(err, &answered):
		return answered.failedInside()
	case errors.As(err, &dial) && dial.Op == "dial":
		return false
	}
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, errMismatch)
}

func (e *APIError) retryable() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.failedInside()
}

// failedInside reports whether the API itself failed, which it may do before or
// after it has done what was asked.
func (e *APIError) failedInside() bool {
	return e.Status >= http.StatusInternalServerError || e.Code == codeAPIError || e.Code == codeInternal || e.omitted
}
