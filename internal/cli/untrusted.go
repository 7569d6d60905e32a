package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
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
var endsUntrusted = []error{errUntrusted, sources.ErrNone, connect.ErrNoURL, errNoURLInput, connect.ErrNoKey, secretsync.ErrEmptySource, secretsync.ErrNothingIncluded}

// untrusted is why a command under GitHub Actions may neither write nor delete;
// empty if it may.
func (c *Command) untrusted() string {
	runner := actions.NewRunner(c.Stdout, c.Env, c.getenv)
	if !runner.OnGitHub() {
		return ""
	}
	event := runner.Event()
	if event.Unsaid != "" {
		fmt.Fprintf(c.Stderr, "note: %s\n", event.Unsaid)
	}
	return event.Untrusted
}

// checkOnly is a sync in an untrusted run: it reads what was reviewed, and ends.
func checkOnly(o syncOptions, out printer) error {
	manifest, err := o.readManifest(out)
	if err != nil {
		return err
	}
	if err := checkConfigs(o, out); err != nil {
		return err
	}
	if err := o.ruleOptions.over(manifest); err != nil {
		return err
	}
	return errUntrusted
}

// unlessUntrusted is err, but for an untrusted run that has no more to do, which
// out shows as skipped.
func unlessUntrusted(untrusted string, out printer, err error) error {
	ends := func(end error) bool { return errors.Is(err, end) }
	if untrusted != "" && slices.ContainsFunc(endsUntrusted, ends) {
		return out.skipped(skipMessage(untrusted))
	}
	return err
}

func skipMessage(untrusted string) string {
	return untrusted + ": nothing was synced; the next run by a person on this branch will"
}

// skipWrite reports whether a command that writes one secret has nothing to do
// here, and says so. What stands on standard input is read all the same, so that
// whoever writes it does not fail.
func (c *Command) skipWrite() (bool, error) {
	untrusted := c.untrusted()
	if untrusted == "" {
		return false, nil
	}
	if c.Stdin != nil {
		_, _ = io.Copy(io.Discard, c.Stdin)
	}
	return true, report.SkippedText(c.Stdout, skipMessage(untrusted))
}
