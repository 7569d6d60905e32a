package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// runError is the exit of a run that ended before anything was written.
func runError(err error) error {
	var answered *secretsync.StoreError
	if errors.As(err, &answered) {
		return storeError(err)
	}
	return err
}

// plannedError is the exit of a plan that has been shown.
func plannedError(done *secretsync.Outcome, detailed bool) error {
	var failed []error
	for _, t := range done.Tenants {
		failed = append(failed, t.Err)
	}
	if err := joined(done, "no plan for ", failed); err != nil {
		return &exitError{code: ExitPartly, err: err}
	}
	if detailed && done.Pending() {
		return &exitError{code: ExitPending}
	}
	return nil
}

// joined returns the errors of the tenants as one, equal ones once, or nil.
func joined(done *secretsync.Outcome, before string, errs []error) error {
	names := make([]string, len(done.Tenants))
	for i, t := range done.Tenants {
		names[i] = t.Name
	}
	var all []error
	for _, f := range report.Failures(names, errs) {
		all = append(all, errors.New(before+f.Who+": "+f.Why))
	}
	return errors.Join(all...)
}

// resultError is the exit of a sync whose report has been shown.
func resultError(done *secretsync.Outcome) error {
	if len(done.Tenants) == 1 {
		return reportError(done.Tenants[0].Report)
	}
	errs := make([]error, len(done.Tenants))
	for i, t := range done.Tenants {
		if errs[i] = t.Err; t.Report != nil {
			errs[i] = reportError(t.Report)
		}
	}
	err := joined(done, "", errs)
	switch {
	case err == nil:
		return nil
	case slices.Contains(errs, nil) || done.Done() > 0:
		return &exitError{code: ExitPartly, err: err}
	default:
		return &exitError{code: allCode(errs), err: err}
	}
}

// allCode is the exit where nothing was done for any tenant.
func allCode(failed []error) int {
	code := ExitRefused
	for _, err := range failed {
		if !errors.Is(err, prefect.ErrUnauthenticated) && !errors.Is(err, prefect.ErrForbidden) {
			code = ExitFailed
		}
		if errors.Is(err, secretsync.ErrInterrupted) {
			return ExitPartly
		}
	}
	return code
}

func reportError(r *secretsync.Report) error {
	undone := r.Undone()
	switch {
	case r.Err == nil:
		return nil
	case undone == 0:
		return &exitError{code: ExitPartly, err: r.Err}
	case errors.Is(r.Err, secretsync.ErrInterrupted):
		return &exitError{code: ExitPartly, err: fmt.Errorf("interrupted: %d of %d changes were not made", undone, undone+r.Done())}
	case errors.Is(r.Err, errStopped):
		return &exitError{code: ExitPartly, err: fmt.Errorf("interrupted: %w", partlyError(r))}
	case r.Done() > 0 || r.Count(secretsync.Unknown) > 0:
		return &exitError{code: ExitPartly, err: partlyError(r)}
	default:
		return &exitError{code: storeCode(r.Err), err: fmt.Errorf("no write was acknowledged: %w", r.Err)}
	}
}

func partlyError(r *secretsync.Report) error {
	unknown, all := r.Count(secretsync.Unknown), r.Undone()+r.Done()
	if unknown == 0 {
		return fmt.Errorf("%d of %d changes were not made", r.Undone(), all)
	}
	return fmt.Errorf("of %d changes %d were not made, and of %d nobody knows", all, r.Count(secretsync.Failed), unknown)
}
