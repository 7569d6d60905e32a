// Package run is a plan or a sync from the inputs to the exit code: it reads and checks
// every input, opens the store, has [secretsync.Run] do the rest, and shows each step.
// The command and the Action are two ways to fill in its [Options].
package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
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
	ConfigFiles  []string       // or patterns of them, to check first
	ConfigsFor   config.Version // the Prefect that ConfigFiles are for
	FailOn       string         // which findings in them stop the run
	PlanFile     string         // a plan writes it; empty writes none
	Reviewed     string         // a plan file that a sync keeps to; empty for none
	Detailed     bool           // a plan with changes to make has an exit code of its own
	Notes        []string       // for the plan
	Untrusted    string         // why the run may neither write nor delete; empty if it may
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
	if planFile, err = writePlanFile(done, o); err != nil {
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
	input, manifest, err := planInput(o, out)
	if err != nil {
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
	input.APIKey, input.OtherKeys, input.KeyFrom, input.URL = p.conn.Key, p.conn.OtherKeys, p.conn.KeyFrom, p.conn.URL
	writer, reader := p.conn.Accounts()
	p.run = secretsync.Run{
		Input: input, Tenants: wantedTenants(o.Connect.Tenants, manifest.Tenants), Writer: writer, Reader: reader,
		ReaderFrom: p.conn.RunnerFrom, Reviewed: reviewed, Steps: Steps(p.conn, o, out),
	}
	return p, nil
}

// Steps shows the steps of a run by out.
func Steps(conn *connect.Connection, o Options, out Printer) secretsync.Steps {
	progress := newProgress(out.Progress)
	return secretsync.Steps{
		Connected:  func() error { return out.Connected(conn) },
		Planned:    out.Planned,
		AllPlanned: o.AfterPlan,
		Progress:   progress.observe,
		Applied: func(done *secretsync.Outcome) error {
			progress.finish()
			if err := out.Applied(done); err != nil {
				return &exit.Error{Code: exit.Partly, Err: fmt.Errorf("%d secrets were written, and the report was not: %w", done.Done(), err)}
			}
			return nil
		},
	}
}

// planInput reads sources, manifest and configs. Nothing is asked of the store.
func planInput(o Options, out Printer) (secretsync.PlanInput, *secretsync.Manifest, error) {
	none := secretsync.PlanInput{}
	sources, err := o.Sources()
	if err != nil {
		return none, nil, err
	}
	manifest, err := reviewed(o, out)
	if err != nil {
		return none, nil, err
	}
	input := secretsync.PlanInput{
		Sources: sources, Rules: manifest.Rules, Prune: manifest.Prune, PruneUnowned: o.Rules.PruneUnowned,
		Overwrite: manifest.Overwrite, Notes: o.Notes, Mask: check.MaskTokens,
	}
	if o.Untrusted != "" {
		input.NoCompare = true
		input.Rules, input.Prune = input.Rules.Optional(), secretsync.Prune{}
		input.First = o.Untrusted + ": nothing is deleted, and no plan file is written"
	}
	return input, manifest, nil
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
	return manifest, o.Rules.mergeInto(manifest)
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

func wantedTenants(flags, manifest []string) []string {
	if len(flags) > 0 {
		return flags
	}
	return manifest
}
