package cli

import (
	"fmt"
	"io"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func (c *Command) printerFor(format string, text report.Text) run.Printer {
	document := jsonPrinter{c, report.JSON{Environment: text.Environment}, text.Detail == report.Brief}
	switch format {
	case "json":
		return &document
	case "markdown":
		return &markdownPrinter{document, report.Markdown{Environment: text.Environment}}
	}
	return &textPrinter{c: c, text: text}
}

// textPrinter writes everything to standard output, step by step.
type textPrinter struct {
	c        *Command
	text     report.Text
	embedded bool
}

func (p *textPrinter) Checked(found inspect.Findings) error {
	if err := inspect.WriteFound(p.c.errOut(), found); err != nil {
		return err
	}
	return report.DiagnosticsText(p.c.out(), found.Diagnostics, found.Files)
}

func (p *textPrinter) Connected(conn *connect.Connection) error {
	p.embedded = conn.URL == connect.Embedded
	if p.text.Detail == report.Brief {
		return nil
	}
	return report.OriginText(p.c.out(), conn.KeyFrom, conn.KeyNote, conn.URLFrom)
}

func (p *textPrinter) Waiting(text string) { p.c.waiting(text) }

func (p *textPrinter) Planned(plan *secretsync.Plan) error {
	return p.text.Plan(p.c.out(), plan)
}

func (p *textPrinter) Refused(done *secretsync.Outcome) error {
	for _, t := range done.Tenants {
		if t.Refused == nil {
			continue
		}
		if err := p.Planned(t.Refused); err != nil {
			return err
		}
	}
	return nil
}

func (p *textPrinter) OnlyPlanned(*secretsync.Outcome) error { return nil }

func (p *textPrinter) Progress(done, total int, last bool) {
	if p.text.Detail != report.Brief {
		p.c.progressLine(done, total, last)
	}
}

func (p *textPrinter) Applied(done *secretsync.Outcome) error {
	if err := p.text.Result(p.c.out(), done.Tenants, done.Requests); err != nil || !p.embedded {
		return err
	}
	_, err := fmt.Fprintln(p.c.Stdout, "the embedded store was discarded; pass --api-url to keep the secrets")
	return err
}

func (p *textPrinter) Skipped(message string) error {
	return report.SkippedText(p.c.out(), message)
}

// jsonPrinter writes one document to standard output. Findings in the configs go to
// standard error as text.
type jsonPrinter struct {
	c     *Command
	json  report.JSON
	quiet bool
}

func (p *jsonPrinter) Checked(found inspect.Findings) error {
	if err := inspect.WriteFound(p.c.errOut(), found); err != nil {
		return err
	}
	return report.DiagnosticsText(p.c.errOut(), found.Diagnostics, found.Files)
}

func (p *jsonPrinter) Connected(conn *connect.Connection) error {
	if !conn.Ambiguous {
		return nil
	}
	return report.OriginText(p.c.errOut(), conn.KeyFrom, conn.KeyNote, conn.URLFrom)
}

func (p *jsonPrinter) Waiting(text string) { p.c.waiting(text) }

func (p *jsonPrinter) Planned(*secretsync.Plan) error { return nil }

// Refused writes the document if there will be no other.
func (p *jsonPrinter) Refused(done *secretsync.Outcome) error {
	if len(done.Plans()) > 0 {
		return nil
	}
	return p.OnlyPlanned(done)
}

func (p *jsonPrinter) OnlyPlanned(done *secretsync.Outcome) error {
	return p.json.Sync(p.c.Stdout, done.Tenants, done.Requests)
}

func (p *jsonPrinter) Progress(done, total int, last bool) {
	if !p.quiet {
		p.c.progressLine(done, total, last)
	}
}

func (p *jsonPrinter) Applied(done *secretsync.Outcome) error {
	return p.json.Sync(p.c.Stdout, done.Tenants, done.Requests)
}

func (p *jsonPrinter) Skipped(message string) error {
	return report.SkippedJSON(p.c.Stdout, message)
}

// markdownPrinter writes one document in the form of a job summary.
type markdownPrinter struct {
	jsonPrinter
	markdown report.Markdown
}

// Refused writes the document if there will be no other.
func (p *markdownPrinter) Refused(done *secretsync.Outcome) error {
	if len(done.Plans()) > 0 {
		return nil
	}
	return p.OnlyPlanned(done)
}

func (p *markdownPrinter) OnlyPlanned(done *secretsync.Outcome) error {
	_, err := io.WriteString(p.c.Stdout, p.markdown.Plan(done.Tenants).String())
	return err
}

func (p *markdownPrinter) Applied(done *secretsync.Outcome) error {
	_, err := io.WriteString(p.c.Stdout, p.markdown.Result(done.Tenants).String())
	return err
}

func (p *markdownPrinter) Skipped(message string) error {
	_, err := io.WriteString(p.c.Stdout, p.markdown.Skipped(message).String())
	return err
}

// progressLine writes the progress of a run to standard error.
func (c *Command) progressLine(done, total int, last bool) {
	_, _ = io.WriteString(c.Stderr, run.ProgressText(done, total, last, terminal.Is(c.Stderr)))
}

// waiting writes to standard error that a run waits for its store.
func (c *Command) waiting(text string) { _, _ = fmt.Fprintln(c.Stderr, report.Safe(text)) }
