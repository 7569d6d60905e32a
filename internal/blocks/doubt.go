package blocks

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// A secret is written in several requests, and sync decides by the error of the last.
// That does not always show whether the secret may have been written.

// doubtfulError is why a secret was not written, after a request that may have written
// it all the same. It is [prefect.MayBeDone], and [prefect.Retryable]: the next attempt
// ends with an error of its own.
type doubtfulError struct{ err error }

func (e *doubtfulError) Error() string { return e.err.Error() }

// Is reports whether the error means target.
func (e *doubtfulError) Is(target error) bool {
	return target == prefect.ErrNoAnswer || errors.Is(e.err, target)
}

// unwrittenError is an outage that a writer met before it had sent what writes. It is
// not [prefect.MayBeDone].
type unwrittenError struct{ err error }

func (e *unwrittenError) Error() string { return e.err.Error() }

// Is reports whether the error means target.
func (e *unwrittenError) Is(target error) bool {
	if target == prefect.ErrNoAnswer {
		return prefect.Retryable(e.err)
	}
	return target == syscall.ETIMEDOUT && e.isTimeout() || errors.Is(e.err, target)
}

func (e *unwrittenError) isTimeout() bool {
	var timeout net.Error
	return errors.As(e.err, &timeout) && timeout.Timeout()
}

// As makes the error one of a connection that was not made: what answered that the
// server is away is like a proxy that did not connect.
func (e *unwrittenError) As(target any) bool {
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
