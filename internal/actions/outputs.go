package actions

import (
	"errors"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// outputs sets the outputs, which are names and counts.
func (s *step) outputs() error {
	findings := report.CountSeverities(s.found.Diagnostics)
	outputs := []struct {
		name  string
		value any
	}{
		{"status", string(s.status)},
		{"changed", s.count(secretsync.Created)+s.count(secretsync.Overwritten)+s.count(secretsync.Deleted) > 0},
		{"created-count", s.count(secretsync.Created)},
		{"overwritten-count", s.count(secretsync.Overwritten)},
		{"unchanged-count", s.count(secretsync.Unchanged)},
		{"deleted-count", s.count(secretsync.Deleted)},
		{"skipped-count", s.count(secretsync.Skipped)},
		{"failed-count", s.count(secretsync.Failed, secretsync.Unknown)},
		{"created-names", s.names(secretsync.Created)},
		{"overwritten-names", s.names(secretsync.Overwritten)},
		{"deleted-names", s.names(secretsync.Deleted)},
		{"failed-names", s.names(secretsync.Failed, secretsync.Unknown)},
		{"plan-file", s.planFile},
		{"sarif-file", s.sarifFile},
		{"error-count", findings[check.SeverityError]},
		{"warning-count", findings[check.SeverityWarning]},
		{"note-count", findings[check.SeverityNote]},
	}
	var failures []error
	for _, output := range outputs {
		failures = append(failures, s.runner.Output(output.name, output.value))
	}
	s.runner.WarnOfHiddenOutputs()
	return errors.Join(failures...)
}

// count returns how many actions of all tenants had one of the results.
func (s *step) count(results ...secretsync.Result) int {
	n := 0
	for _, t := range s.tenants {
		if t.Report != nil {
			n += t.Report.Count(results...)
		}
	}
	return n
}

// names returns the names whose actions had one of the results for any tenant, sorted,
// each once.
func (s *step) names(results ...secretsync.Result) []string {
	names := []string{}
	for _, t := range s.tenants {
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
