// Package run runs a plan or a sync from the inputs to the exit code: it reads and
// checks every input, opens the store, runs a [secretsync.Run], and shows each step.
// The command and the Action fill in its [Options].
package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
	"github.com/prefect-secrets/prefect-secrets/internal/planfile"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Options are the inputs of a plan or a sync.
type Options struct {
	Connect connect.Options
	// Sources reads the secrets; required.
	Sources func() ([]*secretsync.Source, error)
	// Manifest, if set, is used instead of ManifestFile.
	Manifest     *secretsync.Manifest
	Files        *inspect.Cache // files that were read already; nil for none
	ManifestFile string         // empty means the one in the working directory, if it exists
	Environment  string         // of the manifest
	Rules        Rules
	ConfigFiles  []string        // or patterns, to check first
	ConfigsFor   release.Version // the release that ConfigFiles are for
	FailOn       string          // the findings in them that stop the run
	PlanFile     string          // the file that a plan writes; empty for none
	Reviewed     string          // the plan file that a sync must follow; empty for none
	Detailed     bool            // a plan with changes ends with exit.Pending
	Notes        []string        // for the plan
	Untrusted    Untrusted
	// AfterPlan, if set, may stop the run once every plan is made and shown.
	AfterPlan func(*secretsync.Outcome) error
	// Signals interrupt a sync; nil for none.
	Signals *interrupts.Signals

	writes bool
}

// Printer shows each step of a run as it happens. The command has one for each format,
// and the Action has its own. The steps come in this order; an error ends the run.
type Printer interface {
	// Checked shows what is wrong with the manifest or the configs.
	Checked(inspect.Findings) error
	// Connected shows where key and URL were found, before the store is asked.
	Connected(*connect.Connection) error
	// Waiting shows, once, that the run waits for the store; see [WaitingText].
	Waiting(text string)
	// Refused shows the plans that would delete too many names. It is the last step if no
	// tenant has another plan.
	Refused(*secretsync.Outcome) error
	// Planned shows the plan of one tenant.
	Planned(*secretsync.Plan) error
	// OnlyPlanned shows the result of [Plan], which ends here.
	OnlyPlanned(*secretsync.Outcome) error
	// Progress shows how many changes a [Sync] has processed; see [ProgressText].
	Progress(done, total int, last bool)
	// Applied shows the result of [Sync].
	Applied(*secretsync.Outcome) error
	// Skipped says why an untrusted run did nothing; see [UnlessUntrusted].
	Skipped(message string) error
}

// Plan plans and changes nothing. It returns the path of the plan file that it wrote,
// or "", and an error with the exit code.
func Plan(ctx context.Context, o Options, out Printer) (planFile string, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.Connect.Timeout)
	defer cancel()
	if err := checkPlanFile(o); err != nil {
		return "", err
	}
	p, err := prepare(o, out)
	if err != nil {
		return "", err
	}
	defer func() { err = p.close(err) }()
	done, err := p.run.Plan(ctx)
	if err != nil {
		return "", err
	}
	if planFile, err = writePlanFile(p.store, done, o); err != nil {
		return "", err
	}
	if err := out.OnlyPlanned(done); err != nil {
		return planFile, err
	}
	return planFile, exit.Planned(done, o.Detailed)
}

// Sync plans, writes, and verifies the names in the store. After the first write,
// cancelling ctx stops new requests; Sync waits for those in flight until the timeout
// or the signal to hurry ([interrupts.Signals.Hurry]). The error has the exit code.
func Sync(ctx context.Context, o Options, out Printer) (err error) {
	o.writes = true
	if o.Untrusted.IsTrue() {
		return checkOnly(o, out)
	}
	patient, stopWaiting := o.Signals.Patient(ctx)
	defer stopWaiting()
	patient, cancel := context.WithTimeout(patient, o.Connect.Timeout)
	defer cancel()
	p, err := prepare(o, out)
	if err != nil {
		return err
	}
	defer func() { err = p.close(err) }()
	p.run.Stop = ctx.Done()
	done, err := p.run.Sync(patient)
	if err != nil {
		return err
	}
	return exit.Synced(done)
}

// prepared is a run with all its inputs, and its open store.
type prepared struct {
	conn  *connect.Connection
	store planfile.Store
	run   secretsync.Run
}

// close closes the store, and returns err joined with the error of closing.
func (p prepared) close(err error) error {
	if closeErr := p.conn.Close(); closeErr != nil {
		return errors.Join(err, closeErr)
	}
	return err
}

// prepare reads every input and opens the store. It sends nothing yet.
func prepare(o Options, out Printer) (p prepared, err error) {
	var manifest *secretsync.Manifest
	if p.run, manifest, err = readInputs(o, out); err != nil {
		return p, err
	}
	reviewed, err := readReviewed(o.Reviewed, o.Connect.Given)
	if err != nil {
		return p, err
	}
	if p.conn, err = connect.Open(o.Connect, placeOf(manifest)); err != nil {
		return p, err
	}
	p.store = planfile.Store{URL: p.conn.URL, Kind: p.conn.Kind, Settings: manifest.Settings}
	if reviewed != nil {
		if err := reviewed.CheckStore(p.store); err != nil {
			return p, p.close(err)
		}
	}
	p.run.Writer, p.run.WriterFrom, p.run.URL = p.conn.Store, p.conn.KeyFrom, p.conn.URL
	if p.conn.Runner != nil {
		p.run.Reader, p.run.ReaderFrom = p.conn.Runner, p.conn.RunnerFrom
	}
	p.run.Keys = slices.Concat(p.conn.OtherKeys, []prefect.Value{p.conn.Key})
	if len(o.Connect.Tenants) == 0 {
		o.Connect.Tenants = manifest.Tenants
	}
	p.run.Tenants, p.run.Steps = o.Connect.Tenants, Steps(p.conn, o, reviewed, out)
	return p, nil
}

// Steps returns the steps in which out shows the run. They restrict the plans to the
// reviewed ones, unless reviewed is nil.
func Steps(conn *connect.Connection, o Options, reviewed *planfile.File, out Printer) secretsync.Steps {
	progress := newProgress(out.Progress)
	return secretsync.Steps{
		Checked: func() error {
			if err := out.Connected(conn); err != nil {
				return err
			}
			return conn.AddTenants(o.Connect.Tenants)
		},
		Waiting: func(reason string) { out.Waiting(WaitingText(conn.URL, reason)) },
		Refused: out.Refused,
		Planned: func(done *secretsync.Outcome) error {
			if reviewed != nil {
				if err := reviewed.Restrict(done.Plans()...); err != nil {
					return err
				}
			}
			return showPlans(done, o, out)
		},
		Progress: progress.observe,
		Applied: func(done *secretsync.Outcome) error {
			progress.finish()
			if err := out.Applied(done); err != nil {
				err = fmt.Errorf("%d secrets were written, but the report was not: %w", done.Done(), err)
				return &exit.Error{Code: exit.Partly, Err: err}
			}
			return nil
		},
	}
}

func showPlans(done *secretsync.Outcome, o Options, out Printer) error {
	for _, plan := range done.Plans() {
		if err := out.Planned(plan); err != nil {
			return err
		}
	}
	if o.AfterPlan == nil {
		return nil
	}
	return o.AfterPlan(done)
}

// readInputs reads sources, manifest and configs, and makes a run of them that has no
// store yet.
func readInputs(o Options, out Printer) (r secretsync.Run, manifest *secretsync.Manifest, err error) {
	if r.Sources, err = o.Sources(); err != nil {
		return r, nil, err
	}
	if manifest, err = readManifest(o, out); err != nil {
		return r, nil, err
	}
	r.Rules, r.Prune, r.Overwrite = manifest.Rules, manifest.Prune, manifest.Overwrite
	r.Notes, r.Mask = o.Notes, check.MaskTokens
	if o.Untrusted.IsTrue() {
		r.NoCompare = true
		r.Rules, r.Prune = withoutRequired(r.Rules), secretsync.Prune{}
		r.First = o.Untrusted.Why + ": nothing is deleted, and no plan file is written"
	}
	return r, manifest, nil
}

// withoutRequired returns the rules with no name required, for a run that was not
// given every secret.
func withoutRequired(r secretsync.Rules) secretsync.Rules {
	r.Names = maps.Clone(r.Names)
	for name, rule := range r.Names {
		rule.Required = false
		r.Names[name] = rule
	}
	return r
}

// readManifest reads the manifest, merges the rules into it, and checks the configs.
// These inputs are reviewed with the code, so an untrusted run has them as well.
func readManifest(o Options, out Printer) (manifest *secretsync.Manifest, err error) {
	o.Files = cmp.Or(o.Files, inspect.NewCache())
	if manifest = o.Manifest; manifest == nil {
		manifest, err = o.Files.Environment(o.ManifestFile, o.Environment, out.Checked)
	}
	if o.writes && err == inspect.ErrManifest {
		err = NothingWritten(err)
	}
	if err != nil {
		return nil, err
	}
	if err := checkConfigs(o, out); err != nil {
		return nil, err
	}
	return manifest, o.Rules.mergeInto(manifest)
}

// checkConfigs checks the configs, and fails if they have findings of severity FailOn
// or worse.
func checkConfigs(o Options, out Printer) error {
	threshold, err := check.ParseFailOn(o.FailOn)
	if err != nil {
		return fmt.Errorf("%s: %w", o.Connect.Given.Label("fail-on"), err)
	}
	if len(o.ConfigFiles) == 0 {
		return nil
	}
	fails, err := o.Files.Check(o.ConfigFiles, check.Options{Version: o.ConfigsFor}, threshold, out.Checked)
	if err == nil && fails {
		err = ErrConfigs
		if o.writes {
			err = NothingWritten(err)
		}
	}
	return err
}

// ErrConfigs means that the findings in the configs, which were shown, stop the run.
var ErrConfigs = errors.New("the configs have errors")

// NothingWritten adds to the error of a run that would have written that it has not.
func NothingWritten(err error) error { return fmt.Errorf("%w; nothing was written", err) }
