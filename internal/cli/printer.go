package cli

import (
	"fmt"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func (c *Command) printerFor(format string) (printer, error) {
	switch format {
	case "text":
		return &textPrinter{c: c}, nil
	case "json":
		return &jsonPrinter{c: c}, nil
	case "markdown":
		return &markdownPrinter{jsonPrinter{c: c}}, nil
	}
	return nil, fmt.Errorf("--format: unknown format %q: it is text, json or markdown", format)
}

// textPrinter writes everything to standard output, step by step.
type textPrinter struct {
	c        *Command
	embedded bool
}

func (p *textPrinter) checked(found checked) error {
	return report.DiagnosticsText(p.c.Stdout, found.diagnostics, found.files)
}

func (p *textPrinter) connected(conn *connect.Connection) error {
	p.embedded = conn.URL == connect.Embedded
	return report.OriginText(p.c.Stdout, conn.KeyFrom, conn.URLFrom)
}

func (p *textPrinter) planned(plan *secretsync.Plan) error {
	return report.PlanText(p.c.Stdout, plan)
}

func (p *textPrinter) onlyPlanned(*secretsync.Outcome) error { return nil }

func (p *textPrinter) progress(done, total int, last bool) { p.c.progressLine(done, total, last) }

func (p *textPrinter) applied(done *secretsync.Outcome) error {
	if err := report.ResultText(p.c.Stdout, done.Tenants, done.Requests); err != nil || !p.embedded {
		return err
	}
	_, err := fmt.Fprintln(p.c.Stdout, "the embedded store ends here; give --api-url to keep what is written")
	return err
}

func (p *textPrinter) skipped(message string) error {
	return report.SkippedText(p.c.Stdout, message)
}

// jsonPrinter writes one document to standard output; what the configs' check
// found goes to standard error as text.
type jsonPrinter struct{ c *Command }

func (p *jsonPrinter) checked(found checked) error {
	return report.DiagnosticsText(p.c.Stderr, found.diagnostics, found.files)
}

func (p *jsonPrinter) connected(conn *connect.Connection) error { return p.c.tellAmbiguous(conn) }

func (p *jsonPrinter) planned(*secretsync.Plan) error { return nil }

func (p *jsonPrinter) onlyPlanned(done *secretsync.Outcome) error {
	return report.SyncJSON(p.c.Stdout, done.Tenants, done.Requests)
}

func (p *jsonPrinter) progress(done, total int, last bool) { p.c.progressLine(done, total, last) }

func (p *jsonPrinter) applied(done *secretsync.Outcome) error {
	return report.SyncJSON(p.c.Stdout, done.Tenants, done.Requests)
}

func (p *jsonPrinter) skipped(message string) error {
	return report.SkippedJSON(p.c.Stdout, message)
}

// markdownPrinter writes one document too, as a job summary shows it.
type markdownPrinter struct{ jsonPrinter }

func (p *markdownPrinter) onlyPlanned(done *secretsync.Outcome) error {
	_, err := io.WriteString(p.c.Stdout, report.PlanMarkdown(done.Tenants))
	return err
}

func (p *markdownPrinter) applied(done *secretsync.Outcome) error {
	_, err := io.WriteString(p.c.Stdout, report.ResultMarkdown(done.Tenants))
	return err
}

func (p *markdownPrinter) skipped(message string) error {
	_, err := io.WriteString(p.c.Stdout, report.SkippedMarkdown(message))
	return err
}
