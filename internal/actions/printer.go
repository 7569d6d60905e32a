package actions

import (
	"io"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

var _ run.Printer = (*step)(nil)

func (a *step) Checked(found inspect.Findings) error {
	a.checked = true
	a.found = inspect.Findings{
		Diagnostics: slices.Concat(a.found.Diagnostics, found.Diagnostics), Files: a.found.Files + found.Files,
	}
	if a.runner.OnGitHub() {
		if err := report.DiagnosticsGitHub(a.Stdout, found.Diagnostics, found.Files); err != nil {
			return err
		}
	}
	if err := report.DiagnosticsText(a.Stdout, found.Diagnostics, found.Files); err != nil {
		return err
	}
	return a.runner.Summary(report.DiagnosticsMarkdown(found.Diagnostics, found.Files))
}

func (a *step) Connected(conn *connect.Connection) error {
	return report.OriginText(a.Stdout, conn.KeyFrom, conn.URLFrom)
}

func (a *step) Planned(plan *secretsync.Plan) error {
	a.tenants = append(a.tenants, secretsync.TenantResult{Name: plan.Tenant, Plan: plan})
	if err := report.PlanText(a.Stdout, plan); err != nil {
		return err
	}
	for _, warning := range slices.Concat(report.Omitted(plan), plan.Warnings, plan.Notes) {
		if !a.annotated[warning] {
			a.runner.Warning(report.Safe(warning))
		}
		a.annotated[warning] = true
	}
	return nil
}

func (a *step) OnlyPlanned(done *secretsync.Outcome) error {
	a.tenants = done.Tenants
	return a.runner.Summary(report.PlanMarkdown(done.Tenants))
}

func (a *step) Progress(done, total int, last bool) {
	_, _ = io.WriteString(a.Stdout, run.ProgressText(done, total, last, false))
}

func (a *step) Applied(done *secretsync.Outcome) error {
	a.tenants = done.Tenants
	if err := report.ResultText(a.Stdout, done.Tenants, done.Requests); err != nil {
		return err
	}
	return a.runner.Summary(report.ResultMarkdown(done.Tenants))
}

// Skipped writes the message to every place where readers look for the result.
func (a *step) Skipped(message string) error {
	a.status, a.skippedMarkdown = "skipped", report.SkippedMarkdown(message)
	a.runner.Notice(message)
	return a.runner.Summary(a.skippedMarkdown)
}
