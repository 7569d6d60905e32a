package actions

import (
	"fmt"
	"io"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var _ run.Printer = (*step)(nil)

func (s *step) Checked(found inspect.Findings) error {
	s.checked = true
	for i := range found.Diagnostics {
		d := &found.Diagnostics[i]
		d.Message, d.Hint = inInputs(d.Message), inInputs(d.Hint)
	}
	s.found = inspect.Findings{
		Diagnostics: slices.Concat(s.found.Diagnostics, found.Diagnostics), Files: s.found.Files + found.Files,
	}
	for _, line := range found.Found {
		s.note(line)
	}
	if s.runner.OnGitHub() {
		if err := report.Annotate(s.Stdout, found.Diagnostics, s.runner.workspace(s.event).annotated); err != nil {
			return err
		}
	}
	return report.DiagnosticsText(s.Stdout, found.Diagnostics, found.Files)
}

func (s *step) Connected(conn *connect.Connection) error {
	return report.OriginText(s.Stdout, conn.KeyFrom, conn.KeyNote, conn.URLFrom)
}

func (s *step) Waiting(text string) { _, _ = fmt.Fprintln(s.Stdout, report.Safe(text)) }

func (s *step) Refused(done *secretsync.Outcome) error {
	for _, t := range done.Tenants {
		if t.Refused == nil {
			continue
		}
		if err := s.Planned(t.Refused); err != nil {
			return err
		}
	}
	if s.tenants = nil; len(done.Plans()) > 0 {
		return nil
	}
	return s.OnlyPlanned(done)
}

func (s *step) Planned(plan *secretsync.Plan) error {
	planInInputs(plan)
	s.tenants = append(s.tenants, secretsync.TenantResult{Name: plan.Tenant, Plan: plan})
	if err := report.PlanText(s.Stdout, plan); err != nil {
		return err
	}
	for _, warning := range slices.Concat(report.Omitted(plan), plan.Warnings, plan.Notes) {
		if !s.annotated[warning] {
			s.runner.Warning(report.Safe(warning))
		}
		s.annotated[warning] = true
	}
	return nil
}

func (s *step) OnlyPlanned(done *secretsync.Outcome) error {
	s.tenants, s.result = done.Tenants, report.Markdown.Plan
	return s.summarize()
}

func (s *step) Progress(done, total int, last bool) {
	_, _ = io.WriteString(s.Stdout, run.ProgressText(done, total, last, false))
}

func (s *step) Applied(done *secretsync.Outcome) error {
	s.tenants = done.Tenants
	if err := report.ResultText(s.Stdout, done.Tenants, done.Requests); err != nil {
		return err
	}
	s.result = report.Markdown.Result
	return s.summarize()
}

// Skipped writes the message to every place where readers look for the result.
func (s *step) Skipped(message string) error {
	s.status, s.skipped = Skipped, inInputs(message)
	s.runner.Notice(s.skipped)
	return s.summarize()
}
