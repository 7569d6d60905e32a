package blocks

import (
	"errors"
	"net"
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

// Is reports whether the error means target. Any outage is a connection that was reset.
func (e *unwrittenError) Is(target error) bool {
	switch target {
	case prefect.ErrNoAnswer:
		return prefect.Retryable(e.err)
	case syscall.ECONNRESET:
		return isOutage(e.err)
	}
	return errors.Is(e.err, target)
}

// As makes the error one of a connection that was not made.
func (e *unwrittenError) As(target any) bool {
	operation, ok := target.(**net.OpError)
	if ok {
		*operation = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New(e.err.Error())}
	}
	return ok
}
