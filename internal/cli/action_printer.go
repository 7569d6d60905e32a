package cli

import (
	"io"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// The steps of a plan or a sync, as the Action shows them.

var _ printer = (*actionRun)(nil)

func (a *actionRun) checked(found checked) error {
	a.configsChecked = true
	a.found = checked{slices.Concat(a.found.diagnostics, found.diagnostics), a.found.files + found.files}
	if a.runner.OnGitHub() {
		if err := report.DiagnosticsGitHub(a.c.Stdout, found.diagnostics, found.files); err != nil {
			return err
		}
	}
	if err := report.DiagnosticsText(a.c.Stdout, found.diagnostics, found.files); err != nil {
		return err
	}
	return a.runner.Summary(report.DiagnosticsMarkdown(found.diagnostics, found.files))
}

func (a *actionRun) connected(conn *connect.Connection) error {
	return report.OriginText(a.c.Stdout, conn.KeyFrom, conn.URLFrom)
}

func (a *actionRun) planned(plan *secretsync.Plan) error {
	a.tenants = append(a.tenants, secretsync.TenantResult{Name: plan.Tenant, Plan: plan})
	if err := report.PlanText(a.c.Stdout, plan); err != nil {
		return err
	}
	for _, warning := range slices.Concat(report.LeftOut(plan), plan.Warnings, plan.Notes) {
		if !a.told[warning] {
			a.runner.Warning(report.Safe(warning))
		}
		a.told[warning] = true
	}
	return nil
}

func (a *actionRun) onlyPlanned(done *secretsync.Outcome) error {
	a.tenants = done.Tenants
	return a.runner.Summary(report.PlanMarkdown(done.Tenants))
}

func (a *actionRun) progress(done, total int, last bool) {
	_, _ = io.WriteString(a.c.Stdout, progressText(done, total, last, false))
}

func (a *actionRun) applied(done *secretsync.Outcome) error {
	a.tenants = done.Tenants
	if err := report.ResultText(a.c.Stdout, done.Tenants, done.Requests); err != nil {
		return err
	}
	return a.runner.Summary(report.ResultMarkdown(done.Tenants))
}

// skipped says it wherever somebody may look for what was done.
func (a *actionRun) skipped(message string) error {
	a.status, a.skippedText = "skipped", report.SkippedMarkdown(message)
	a.runner.Notice(message)
	return a.runner.Summary(a.skippedText)
}
