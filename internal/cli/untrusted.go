package cli

import (
	"fmt"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

// untrusted returns why a command under GitHub Actions may neither write nor delete.
func (c *Command) untrusted() run.Untrusted {
	runner := actions.NewRunner(c.Stdout, c.Env, c.getenv)
	if !runner.OnGitHub() {
		return run.Untrusted{}
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
	untrusted := c.untrusted()
	if !untrusted.IsTrue() {
		return false, nil
	}
	if c.Stdin != nil {
		_, _ = io.Copy(io.Discard, c.Stdin)
	}
	return true, report.SkippedText(c.out(), untrusted.SkipMessage("written"))
}
