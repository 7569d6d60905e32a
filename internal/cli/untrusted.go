package cli

import (
	"fmt"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

// untrustedReason returns why a command under GitHub Actions may neither write nor
// delete, or "" if it may.
func (c *Command) untrustedReason() string {
	runner := actions.NewRunner(c.Stdout, c.Env, c.getenv)
	if !runner.OnGitHub() {
		return ""
	}
	event := runner.Event()
	if event.Note != "" {
		fmt.Fprintf(c.Stderr, "note: %s\n", event.Note)
	}
	return event.Untrusted
}

// skipWrite reports whether a command that writes one secret must be skipped, and
// prints why. It still reads standard input, so that the writer of the pipe does not
// fail.
func (c *Command) skipWrite() (bool, error) {
	reason := c.untrustedReason()
	if reason == "" {
		return false, nil
	}
	if c.Stdin != nil {
		_, _ = io.Copy(io.Discard, c.Stdin)
	}
	return true, report.SkippedText(c.out(), run.SkipMessage(reason))
}
