package exit

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// ErrStopped is the error of a request in flight that the run did not wait for.
var ErrStopped = errors.New("the run was stopped before the answer came")

// Planned returns the error that a plan ends with after it has been shown. With
// detailed set, a plan with changes has an exit code of its own.
func Planned(done *secretsync.Outcome, detailed bool) error {
	var errs []error
	for _, t := range done.Tenants {
		errs = append(errs, t.Err)
	}
	if err := joinErrors(done, "no plan for ", errs); err != nil {
		return &Error{Code: Partly, Err: err}
	}
	if detailed && slices.ContainsFunc(done.Plans(), (*secretsync.Plan).Pending) {
		return &Error{Code: Pending}
	}
	return nil
}

// joinErrors returns the errors of the tenants as one, or nil. Equal ones appear once,
// with the prefix and the names of their tenants.
func joinErrors(done *secretsync.Outcome, prefix string, errs []error) error {
	names := make([]string, len(done.Tenants))
	for i, t := range done.Tenants {
		names[i] = t.Name
	}
	var all []error
	for _, f := range report.Failures(names, errs) {
		all = append(all, errors.New(prefix+f.Who+": "+f.Why))
	}
	return errors.Join(all...)
}

// Synced returns the error that a sync ends with after its report has been shown.
func Synced(done *secretsync.Outcome) error {
	if len(done.Tenants) == 1 {
		return reportError(done.Tenants[0].Report)
	}
	errs := make([]error, len(done.Tenants))
	for i, t := range done.Tenants {
		if errs[i] = t.Err; t.Report != nil {
			errs[i] = reportError(t.Report)
		}
	}
	err := joinErrors(done, "", errs)
	switch {
	case err == nil:
		return nil
	case slices.Contains(errs, nil) || done.Done() > 0:
		return &Error{Code: Partly, Err: err}
	default:
		return &Error{Code: codeOfAll(errs), Err: err}
	}
}

// codeOfAll returns the exit code if nothing was done for any tenant: Partly if one of
// them was interrupted, Refused if the store refused the key for all of them.
func codeOfAll(errs []error) int {
	code := Refused
	for _, err := range errs {
		if !errors.Is(err, prefect.ErrUnauthenticated) && !errors.Is(err, prefect.ErrForbidden) {
			code = Failed
		}
		if errors.Is(err, secretsync.ErrInterrupted) {
			return Partly
		}
	}
	return code
}

// reportError returns the error that the sync of one tenant ends with.
func reportError(r *secretsync.Report) error {
	failed := undone(r)
	switch {
	case r.Err == nil:
		return nil
	case failed == 0: // everything was written, and verifying failed
		return &Error{Code: Partly, Err: r.Err}
	case errors.Is(r.Err, secretsync.ErrInterrupted), errors.Is(r.Err, ErrStopped):
		return &Error{Code: Partly, Err: fmt.Errorf("interrupted: %w", partlyError(r))}
	case failed == unverified(r):
		return &Error{Code: Partly, Err: fmt.Errorf("%d of %d changes are not in effect, although the store accepted them", failed, failed+r.Done())}
	case r.Done() > 0 || r.Count(secretsync.Unknown) > 0 || unverified(r) > 0:
		return &Error{Code: Partly, Err: partlyError(r)}
	default:
		return &Error{Code: StoreCode(r.Err), Err: fmt.Errorf("no write was acknowledged: %w", r.Err)}
	}
}

// partlyError says how many changes were not made, or may not have been.
func partlyError(r *secretsync.Report) error {
	unknown, failed := r.Count(secretsync.Unknown), undone(r)
	all := failed + r.Done()
	if unknown == 0 {
		return fmt.Errorf("%d of %d changes were not made", failed, all)
	}
	return fmt.Errorf("of %d changes %d were not made, and of %d nobody knows", all, r.Count(secretsync.Failed), unknown)
}

// unverified returns how many actions failed because the store accepted them, but then had
// something else.
func unverified(r *secretsync.Report) int {
	v := r.Verified
	if v == nil {
		return 0
	}
	return len(v.Missing) + len(v.Left) + len(v.Different)
}

// undone returns how many actions failed or have an unknown result.
func undone(r *secretsync.Report) int { return r.Count(secretsync.Failed, secretsync.Unknown) }
