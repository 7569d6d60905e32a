// Package exit holds the exit codes of the command, and the errors that end it with
// one of them. The Action ends with the same codes.
package exit

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Exit codes of the command. [Codes] says what each means.
const (
	OK = iota
	Failed
	Usage
	Partly
	Refused
	Pending
)

// Codes lists every exit code in ascending order, as docs/cli.md shows them.
var Codes = []struct {
	Code          int
	Name, Meaning string
}{
	{OK, "OK", "done"},
	{Failed, "Failed", "`check` found errors; or the command failed, and wrote nothing"},
	{Usage, "Usage", "a usage or input error; nothing was changed"},
	{Partly, "Partly", "some was written, some was not; or the run was interrupted"},
	{Refused, "Refused", "the store refused the key, or the key may not do what is planned"},
	{Pending, "Pending", "`plan --detailed-exitcode`: the plan has writes or deletions, even if the values are the same"},
}

// Signalled returns the exit code that shells give a process that a signal ended.
func Signalled(s os.Signal) int {
	number, _ := s.(syscall.Signal)
	return 128 + int(number)
}

// Error ends the command with an exit code.
type Error struct {
	Code int
	Err  error // nil if there is nothing left to print
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the exit code for err. An error that is neither an [Error] nor the
// store's is one of usage or input.
func CodeOf(err error) int {
	var e *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, secretsync.ErrStore):
		return StoreCode(err)
	default:
		return Usage
	}
}

// MessageOf returns the message of err that is still to be printed, or "". Of many
// lines of one form it has the first ones and the number of the others.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Err == nil || err == nil {
		return ""
	}
	return foldEqual(err.Error())
}

// Store returns err, an error of the store before anything was written, with its exit
// code.
func Store(err error) error { return &Error{Code: StoreCode(err), Err: err} }

// StoreCode returns the exit code for an error of the store. That there is no key is an
// error of usage, whether the store says it or this command does.
func StoreCode(err error) int {
	switch {
	case errors.Is(err, secretsync.ErrInterrupted):
		return Partly
	case errors.Is(err, apikey.ErrNone):
		return Usage
	case errors.Is(err, prefect.ErrUnauthenticated), errors.Is(err, prefect.ErrForbidden):
		return Refused
	}
	return Failed
}
