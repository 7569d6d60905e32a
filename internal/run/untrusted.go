package run

import (
	"errors"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
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
	errUntrusted, sources.ErrNone, connect.ErrNoURL, connect.ErrNoKey, apikey.ErrNone,
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

// Untrusted is why a run may neither write nor delete. The zero value is for one that may.
type Untrusted struct {
	Why   string // the beginning of a sentence
	Later string // the sentence that says which run may; empty if that is unknown
}

// IsTrue reports whether the run is untrusted.
func (u Untrusted) IsTrue() bool { return u != Untrusted{} }

// SkipMessage returns the message about a skipped run. The word done is what the run did
// not do, such as synced.
func (u Untrusted) SkipMessage(done string) string {
	return strings.TrimSpace(u.Why + ". Nothing was " + done + ". " + u.Later)
}

// UnlessUntrusted returns err, unless err ends an untrusted run as skipped: out shows
// that then.
func UnlessUntrusted(untrusted Untrusted, out Printer, err error) error {
	isErr := func(target error) bool { return errors.Is(err, target) }
	switch {
	case !untrusted.IsTrue() || !slices.ContainsFunc(skipErrors, isErr):
		return err
	case isErr(errUntrusted):
		return out.Skipped(untrusted.SkipMessage("synced"))
	}
	return out.Skipped(untrusted.SkipMessage("planned"))
}
