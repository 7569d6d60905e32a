// Package run is a plan or a sync from the inputs to the exit code: it reads and checks
// every input, opens the store, has [secretsync.Run] do the rest, and shows each step.
// The command and the Action are two ways to fill in its [Options].
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

// Options say what a plan or a sync is about.
type Options struct {
	Connect connect.Options
	// Sources reads the secrets; required.
	Sources func() ([]*secretsync.Source, error)
	// Manifest is used instead of ManifestFile, if it is set.
	Manifest     *secretsync.Manifest
	Files        *inspect.Cache // what was read already; nil for nothing
	ManifestFile string         // empty means the one in the working directory, if it is there
	Environment  string         // of the manifest
	Rules        Rules
	ConfigFiles  []string        // or patterns of them, to check first
	ConfigsFor   release.Version // the Prefect that ConfigFiles are for
	FailOn       string          // which findings in them stop the run
	PlanFile     string          // a plan writes it; empty writes none
	Reviewed     string          // a plan file that a sync keeps to; empty for none
	Detailed     bool            // a plan with changes to make has an exit code of its own
	Notes        []string        // for the plan
	Untrusted    string          // why the run may neither write nor delete; empty if it may
	// AfterPlan, if set, may stop the run once every plan is made and shown.
	AfterPlan func(*secretsync.Outcome) error
	// Signals are what interrupts a sync; nil for none.
	Signals *interrupts.Signals
}

// Printer shows each step as it happens.
type Printer interface {
	Checked(inspect.Found) error
	Connected(*connect.Connection) error
	Planned(*secretsync.Plan) error
	OnlyPlanned(*secretsync.Outcome) error
	Progress(done, total int, last bool)
	Applied(*secretsync.Outcome) error
	// Skipped says why nothing was done.
	Skipped(message string) error
}

// Plan plans and changes nothing. It returns the plan file that it wrote, if it wrote
// one, and an error that says how to exit.
func Plan(ctx context.Context, o Options, out Printer) (planFile string, err error) {
	ctx, cancel := context.WithTimeout(ctx, o.Connect.Timeout)
	defer cancel()
	p, err := prepare(o, out)
	if err != nil {
		return "", err
	}
	defer func() { err = p.close(err) }()
	done, err := p.run.Plan(ctx)
	if err != nil {
		return "", err
	}
	if planFile, err = writePlanFile(p.conn.URL, done, o); err != nil {
		return "", err
	}
	if err := out.OnlyPlanned(done); err != nil {
		return planFile, err
	}
	return planFile, exit.Planned(done, o.Detailed)
}

// Sync plans, writes and asks what is there. Once it writes, a cancelled ctx keeps more
// from being sent; what is under way is waited for while there is time. The error says
// how to exit.
func Sync(ctx context.Context, o Options, out Printer) (err error) {
	if o.Untrusted != "" {
		return checkOnly(o, out)
	}
	patient, release := o.Signals.Patient(ctx)
	defer release()
	whole, cancel := context.WithTimeout(patient, o.Connect.Timeout)
	defer cancel()
	p, err := prepare(o, out)
	if err != nil {
		return err
	}
	defer func() { err = p.close(err) }()
	p.run.Stop = ctx.Done()
	done, err := p.run.Sync(whole)
	if err != nil {
		return err
	}
	return exit.Synced(done)
}

// prepared is a run of which every input was read, and its open store.
type prepared struct {
	conn *connect.Connection
	run  secretsync.Run
}

func (p prepared) close(err error) error {
	if closed := p.conn.Close(); closed != nil {
		return errors.Join(err, closed)
	}
	return err
}

// prepare reads every input. Nothing is asked of the store.
func prepare(o Options, out Printer) (p prepared, err error) {
	var manifest *secretsync.Manifest
	if p.run, manifest, err = readInputs(o, out); err != nil {
		return p, err
	}
	reviewed, err := readReviewed(o.Reviewed)
	if err != nil {
		return p, err
	}
	if p.conn, err = connect.Open(o.Connect, manifest.APIURL); err != nil {
		return p, err
	}
	if reviewed != nil {
		if err := reviewed.CheckURL(p.conn.URL); err != nil {
			return p, p.close(err)
		}
	}
	p.run.Writer, p.run.WriterFrom, p.run.URL = p.conn.Client, p.conn.KeyFrom, p.conn.URL
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

// Steps holds the plans to what was reviewed, if reviewed is not nil, and has out show
// each step.
func Steps(conn *connect.Connection, o Options, reviewed *planfile.File, out Printer) secretsync.Steps {
	progress := newProgress(out.Progress)
	return secretsync.Steps{
		Connected: func() error {
			if err := out.Connected(conn); err != nil {
				return err
			}
			return conn.AddTenants(o.Connect.Tenants)
		},
		Planned: func(done *secretsync.Outcome) error {
			if reviewed != nil {
				if err := reviewed.Restrict(done.Plans()...); err != nil {
					return err
				}
			}
			return showPlans(done, o, out)
		},
		Progress: progress.heard,
		Applied: func(done *secretsync.Outcome) error {
			progress.finish()
			if err := out.Applied(done); err != nil {
				return &exit.Error{Code: exit.Partly, Err: fmt.Errorf("%d secrets were written, and the report was not: %w", done.Done(), err)}
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
	if manifest, err = reviewed(o, out); err != nil {
		return r, nil, err
	}
	r.Rules, r.Prune, r.Overwrite = manifest.Rules, manifest.Prune, manifest.Overwrite
	r.Notes, r.Mask = o.Notes, check.MaskTokens
	if o.Untrusted != "" {
		r.NoCompare = true
		r.Rules, r.Prune = optional(r.Rules), secretsync.Prune{}
		r.First = o.Untrusted + ": nothing is deleted, and no plan file is written"
	}
	return r, manifest, nil
}

// optional returns the rules with no name required, for a run that was not given every
// secret.
func optional(r secretsync.Rules) secretsync.Rules {
	r.Names = maps.Clone(r.Names)
	for name, rule := range r.Names {
		rule.Required = false
		r.Names[name] = rule
	}
	return r
}

// reviewed reads and checks what was reviewed with the code: the manifest, the configs
// and the rules over them.
func reviewed(o Options, out Printer) (manifest *secretsync.Manifest, err error) {
	o.Files = cmp.Or(o.Files, inspect.NewCache())
	if manifest = o.Manifest; manifest == nil {
		manifest, err = o.Files.Environment(o.ManifestFile, o.Environment, out.Checked)
	}
	if err != nil {
		return nil, err
	}
	if err := checkConfigs(o, out); err != nil {
		return nil, err
	}
	return manifest, o.Rules.over(manifest)
}

// checkConfigs checks the configs before anything is written.
func checkConfigs(o Options, out Printer) error {
	threshold, err := check.ParseFailOn(o.FailOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	if len(o.ConfigFiles) == 0 {
		return nil
	}
	fails, err := o.Files.Check(o.ConfigFiles, check.Options{Version: o.ConfigsFor}, threshold, out.Checked)
	if err == nil && fails {
		err = errors.New("the configs have errors; nothing was written")
	}
	return err
}
