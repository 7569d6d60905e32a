package run

import (
	"errors"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// An untrusted run may neither write nor delete: it is for a fork or Dependabot's own
// (see actions.Event).

// errUntrusted ends an untrusted sync before it sends anything to the store.
var errUntrusted = errors.New("this run may not write")

// skipErrors are the errors that end an untrusted run as skipped. All but the first are
// about inputs that it lacks because GitHub gives it other secrets and variables.
var skipErrors = []error{
	errUntrusted, sources.ErrNone, connect.ErrNoURL, connect.ErrNoKey,
	secretsync.ErrEmptySource, secretsync.ErrNothingIncluded,
}

// checkOnly checks the manifest and the configs, which is all that a sync does in an
// untrusted run.
func checkOnly(o Options, out Printer) error {
	if _, err := readManifest(o, out); err != nil {
		return err
	}
	return errUntrusted
}

// UnlessUntrusted returns err, unless err ends an untrusted run as skipped: out shows
// that then. The reason in untrusted is empty for a trusted run.
func UnlessUntrusted(untrusted string, out Printer, err error) error {
	isErr := func(target error) bool { return errors.Is(err, target) }
	if untrusted != "" && slices.ContainsFunc(skipErrors, isErr) {
		return out.Skipped(SkipMessage(untrusted))
	}
	return err
}

// SkipMessage returns the message about a skipped run.
func SkipMessage(untrusted string) string {
	return untrusted + ": nothing was synced; the next run by a person on this branch will"
}
