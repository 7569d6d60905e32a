package run

import (
	"errors"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// What runs do that may neither write nor delete: those of forks and of Dependabot
// (see actions.Event).

// errUntrusted ends a run before anything is asked of the store.
var errUntrusted = errors.New("this run may not write")

// endsUntrusted are the errors that end an untrusted run as skipped. The others are
// what it lacks without anybody's mistake, since GitHub gives it other secrets and
// variables.
var skipErrors = []error{errUntrusted, sources.ErrNone, connect.ErrNoURL, connect.ErrNoKey, secretsync.ErrEmptySource, secretsync.ErrNothingIncluded}

// checkOnly is a sync in an untrusted run: it reads what was reviewed, and ends.
func checkOnly(o Options, out Printer) error {
	if _, err := reviewed(o, out); err != nil {
		return err
	}
	return errUntrusted
}

// UnlessUntrusted is err, but for an untrusted run that has no more to do, which
// out shows as skipped.
func UnlessUntrusted(untrusted string, out Printer, err error) error {
	ends := func(end error) bool { return errors.Is(err, end) }
	if untrusted != "" && slices.ContainsFunc(skipErrors, ends) {
		return out.Skipped(SkipMessage(untrusted))
	}
	return err
}

// SkipMessage says why nothing was done.
func SkipMessage(untrusted string) string {
	return untrusted + ": nothing was synced; the next run by a person on this branch will"
}
