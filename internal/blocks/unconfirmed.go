package blocks

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Writing a secret takes several requests, and sync sees only the error of the last. That
// error alone does not tell whether an earlier request may have written the secret: the
// types below add it.

// unconfirmedError is the error of a write, one of whose earlier requests may have written
// the secret. It is [prefect.MayBeDone] and [prefect.Retryable]: a retry either writes the
// secret or ends with an error of its own.
type unconfirmedError struct{ err error }

func (e *unconfirmedError) Error() string { return e.err.Error() }

// Is reports whether the error means target.
func (e *unconfirmedError) Is(target error) bool {
	return target == prefect.ErrNoAnswer || errors.Is(e.err, target)
}

// notWrittenError is the error of a write that failed before it sent a request that
// writes. It is not [prefect.MayBeDone].
type notWrittenError struct{ err error }

func (e *notWrittenError) Error() string { return e.err.Error() }

// Is reports whether the error means target.
func (e *notWrittenError) Is(target error) bool {
	if target == prefect.ErrNoAnswer {
		return prefect.Retryable(e.err)
	}
	return target == syscall.ETIMEDOUT && e.isTimeout() || errors.Is(e.err, target)
}

func (e *notWrittenError) isTimeout() bool {
	var timeout net.Error
	return errors.As(e.err, &timeout) && timeout.Timeout()
}

// As makes the error look like a failed connection, which package pace and
// [prefect.MayBeDone] know as an outage before anything was sent: an answer that the
// server is unavailable looks like that of a proxy that did not connect.
func (e *notWrittenError) As(target any) bool {
	var answered *prefect.APIError
	switch target := target.(type) {
	case **net.OpError:
		*target = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New(e.err.Error())}
		return true
	case **url.Error:
		if errors.As(e.err, &answered) {
			*target = &url.Error{Err: errors.New(http.StatusText(answered.Status))}
			return true
		}
	}
	return false
}
