package cli

import (
	"fmt"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

// untrusted is why a command under GitHub Actions may neither write nor delete;
// empty if it may.
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

// skipWrite reports whether a command that writes one secret has nothing to do
// here, and says so. What stands on standard input is read all the same, so that
// whoever writes it does not fail.
func (c *Command) skipWrite() (bool, error) {
	untrusted := c.untrustedReason()
	if untrusted == "" {
		return false, nil
	}
	if c.Stdin != nil {
		_, _ = io.Copy(io.Discard, c.Stdin)
	}
	return true, report.SkippedText(c.Stdout, run.SkipMessage(untrusted))
}
