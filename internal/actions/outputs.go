package actions

import (
	"errors"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// outputs sets the outputs, which are names and counts.
func (a *step) outputs() error {
	errs, warnings := report.CountSeverities(a.found.Diagnostics)
	outputs := []struct {
		name  string
		value any
	}{
		{"status", string(a.status)},
		{"changed", a.count(secretsync.Created)+a.count(secretsync.Overwritten)+a.count(secretsync.Deleted) > 0},
		{"created-count", a.count(secretsync.Created)},
		{"overwritten-count", a.count(secretsync.Overwritten)},
		{"unchanged-count", a.count(secretsync.Unchanged)},
		{"deleted-count", a.count(secretsync.Deleted)},
		{"skipped-count", a.count(secretsync.Skipped)},
		{"failed-count", a.count(secretsync.Failed, secretsync.Unknown)},
		{"created-names", a.names(secretsync.Created)},
		{"overwritten-names", a.names(secretsync.Overwritten)},
		{"deleted-names", a.names(secretsync.Deleted)},
		{"failed-names", a.names(secretsync.Failed, secretsync.Unknown)},
		{"plan-file", a.planFile},
		{"sarif-file", a.sarifFile},
		{"error-count", errs},
		{"warning-count", warnings},
	}
	var failures []error
	for _, output := range outputs {
		failures = append(failures, a.runner.Output(output.name, output.value))
	}
	a.runner.WarnOfHiddenOutputs()
	return errors.Join(failures...)
}

// count returns how many actions of all tenants had one of the results.
func (a *step) count(results ...secretsync.Result) int {
	n := 0
	for _, t := range a.tenants {
		if t.Report != nil {
			n += t.Report.Count(results...)
		}
	}
	return n
}

// names returns the names whose actions had one of the results for any tenant, sorted,
// each once.
func (a *step) names(results ...secretsync.Result) []string {
	names := []string{}
	for _, t := range a.tenants {
		if t.Report != nil {
			names = append(names, t.Report.Names(results...)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Status is the output status: how a run ended.
type Status string

const (
	Success Status = "success"
	Partial Status = "partial"
	Failure Status = "failed"
	Skipped Status = "skipped"
)
