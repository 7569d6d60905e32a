package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// printer shows each step as it happens.
type printer interface {
	checked(found checked) error
	connected(conn *connect.Connection) error
	planned(plan *secretsync.Plan) error
	onlyPlanned(done *secretsync.Outcome) error
	progress(done, total int, last bool)
	applied(done *secretsync.Outcome) error
	// skipped says why nothing was done.
	skipped(message string) error
}

// runPlan plans and changes nothing.
func (c *Command) runPlan(ctx context.Context, o syncOptions, out printer) (*secretsync.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, o.connect.Timeout)
	defer cancel()
	run, err := c.newRun(o, out)
	if err != nil {
		return nil, err
	}
	return run.Plan(ctx)
}

// runSync plans, writes and asks what is there. Once it writes, a cancelled ctx
// keeps more from being sent; what is under way is waited for while there is time.
func (c *Command) runSync(ctx context.Context, o syncOptions, out printer) (*secretsync.Outcome, error) {
	if o.untrusted != "" {
		return nil, checkOnly(o, out)
	}
	patient, release := c.Interrupts.Patient(ctx)
	defer release()
	whole, cancel := context.WithTimeout(patient, o.connect.Timeout)
	defer cancel()
	run, err := c.newRun(o, out)
	if err != nil {
		return nil, err
	}
	run.Stop = ctx.Done()
	return run.Sync(whole)
}

// newRun reads every input. Nothing is asked of the store.
func (c *Command) newRun(o syncOptions, out printer) (*secretsync.Run, error) {
	input, manifest, err := c.planInput(o, out)
	if err != nil {
		return nil, err
	}
	conn, reviewed, err := c.connectFor(o, manifest.APIURL)
	if err != nil {
		return nil, err
	}
	input.APIKey, input.OtherKeys, input.KeyFrom, input.URL = conn.Key, conn.OtherKeys, conn.KeyFrom, conn.URL
	writer, reader := conn.Accounts()
	return &secretsync.Run{
		Input: input, Tenants: wantedTenants(o.connect.Tenants, manifest.Tenants), Writer: writer, Reader: reader,
		ReaderFrom: conn.RunnerFrom, Reviewed: reviewed, Steps: stepsOf(conn, o, out),
	}, nil
}

// stepsOf shows the steps of a run by out.
func stepsOf(conn *connect.Connection, o syncOptions, out printer) secretsync.Steps {
	progress := newProgress(out.progress)
	return secretsync.Steps{
		Connected:  func() error { return out.connected(conn) },
		Planned:    out.planned,
		AllPlanned: o.afterPlan,
		Progress:   progress.heard,
		Applied: func(done *secretsync.Outcome) error {
			progress.finish()
			if err := out.applied(done); err != nil {
				return &exit.Error{Code: exit.Partly, Err: fmt.Errorf("%d secrets were written, and the report was not: %w", done.Done(), err)}
			}
			return nil
		},
	}
}

// planInput reads sources, manifest and configs. Nothing is asked of the store.
func (c *Command) planInput(o syncOptions, out printer) (secretsync.PlanInput, *secretsync.Manifest, error) {
	none := secretsync.PlanInput{}
	sources, err := c.readSources(o.sourceOptions)
	if err != nil {
		return none, nil, err
	}
	manifest, err := o.readManifest(out)
	if err != nil {
		return none, nil, err
	}
	if err := checkConfigs(o, out); err != nil {
		return none, nil, err
	}
	if err := o.ruleOptions.over(manifest); err != nil {
		return none, nil, err
	}
	input := secretsync.PlanInput{
		Sources: sources, Rules: manifest.Rules, Prune: manifest.Prune, PruneUnowned: o.pruneUnowned,
		Overwrite: manifest.Overwrite, Notes: o.notes, Mask: check.MaskTokens,
	}
	if o.untrusted != "" {
		input.NoCompare = true
		input.Rules, input.Prune = input.Rules.Optional(), secretsync.Prune{}
		input.First = o.untrusted + ": nothing is deleted, and no plan file is written"
	}
	return input, manifest, nil
}

// connectFor opens the store, of which nothing is asked yet, and reads the plan file
// that the run is to keep to, if there is one.
func (c *Command) connectFor(o syncOptions, manifestURL string) (*connect.Connection, *secretsync.PlanFile, error) {
	reviewed, err := readReviewed(o.reviewed)
	if err != nil {
		return nil, nil, err
	}
	conn, err := c.connect(o.connect, manifestURL)
	if err == nil && reviewed != nil {
		err = reviewed.CheckURL(conn.URL)
	}
	return conn, reviewed, err
}

func wantedTenants(flags, manifest []string) []string {
	if len(flags) > 0 {
		return flags
	}
	return manifest
}

// readManifest is the manifest that o names or has, for its environment.
func (o syncOptions) readManifest(out printer) (*secretsync.Manifest, error) {
	if o.manifest != nil {
		return o.manifest, nil
	}
	return readEnvironment(o.manifestFile, o.environment, out.checked)
}

// readEnvironment is the manifest at hand, as it is for one of its environments.
func readEnvironment(path, environment string, show func(checked) error) (*secretsync.Manifest, error) {
	manifest, err := readManifest(path, show)
	if err != nil {
		return nil, err
	}
	return manifest.Environment(environment)
}

// checkConfigs checks the configs before anything is written.
func checkConfigs(o syncOptions, out printer) error {
	threshold, err := check.ParseFailOn(o.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	if len(o.configFiles) == 0 {
		return nil
	}
	fails, err := checkFiles(o.configFiles, check.Options{Version: o.configsFor}, threshold, out.checked)
	if err == nil && fails {
		err = errors.New("the configs have errors; nothing was written")
	}
	return err
}
