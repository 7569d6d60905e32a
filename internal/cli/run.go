package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/check"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// run is a plan, and after runSync its outcome.
type run struct {
	conn   *connection
	plan   *secretsync.Plan
	report *secretsync.Report
}

// printer shows each step as it happens.
type printer interface {
	checked(found checked) error
	connected(conn *connection) error
	planned(plan *secretsync.Plan) error
	onlyPlanned(plan *secretsync.Plan, requests int64) error
	applied(r *secretsync.Report, requests int64) error
}

// runPlan reads every input before it asks the store for anything.
func (c *Command) runPlan(ctx context.Context, o syncOptions, out printer) (*run, error) {
	source, err := c.readSource(o)
	if err != nil {
		return nil, err
	}
	manifest := o.manifest
	if manifest == nil {
		if manifest, err = readManifest(o.manifestFile, out.checked); err != nil {
			return nil, err
		}
	}
	if err := checkConfigs(o, out); err != nil {
		return nil, err
	}
	rules, err := o.rules(manifest)
	if err != nil {
		return nil, err
	}
	conn, err := c.connect(o.connectOptions, manifest.APIURL)
	if err != nil {
		return nil, err
	}
	input := secretsync.PlanInput{Tenant: conn.tenant, Sources: []*secretsync.Source{source}, Rules: rules, APIKey: conn.key}
	plan, err := secretsync.NewPlan(input)
	if err != nil {
		return nil, err
	}
	if err := out.connected(conn); err != nil {
		return nil, err
	}
	existing, err := conn.client.SecretNames(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	plan.Against(existing)
	return &run{conn: conn, plan: plan}, out.planned(plan)
}

func (c *Command) runSync(ctx context.Context, o syncOptions, out printer) (*run, error) {
	r, err := c.runPlan(ctx, o, out)
	if err != nil {
		return nil, err
	}
	r.report = secretsync.Apply(ctx, r.conn.client, r.plan, secretsync.ApplyOptions{})
	if err := r.verify(ctx); err != nil {
		r.report.Err = errors.Join(r.report.Err, err)
	}
	if err := out.applied(r.report, r.conn.client.Requests()); err != nil {
		return r, &exitError{code: ExitPartly, err: fmt.Errorf("%d secrets were written, and the report was not: %w", r.report.Written(), err)}
	}
	return r, nil
}

// verify asks the store what is there: for the names always, for the values
// where there is a key that may read them.
func (r *run) verify(ctx context.Context) error {
	if r.report.Written() == 0 {
		return nil
	}
	if err := secretsync.VerifyNames(ctx, r.conn.client, r.report); err != nil {
		return err
	}
	if r.conn.runner == nil {
		return nil
	}
	if err := secretsync.VerifyValues(ctx, r.conn.runner, r.report); err != nil {
		return err
	}
	return secretsync.VerifyWriterRefused(ctx, r.conn.client, r.report)
}

// resultError is the exit of a sync whose report has been shown.
func resultError(r *secretsync.Report) error {
	switch {
	case r.Err == nil:
		return nil
	case r.Count(secretsync.Failed) == 0:
		return &exitError{code: ExitPartly, err: r.Err}
	case r.Written() > 0:
		return &exitError{code: ExitPartly, err: fmt.Errorf("%d of %d secrets were not written", r.Count(secretsync.Failed), r.Count(secretsync.Failed)+r.Written())}
	default:
		return &exitError{code: storeCode(r.Err), err: fmt.Errorf("no write was acknowledged: %w", r.Err)}
	}
}

func (c *Command) readSource(o syncOptions) (*secretsync.Source, error) {
	switch {
	case o.secrets != nil:
		return o.secrets, nil
	case o.secretsFile == "":
		return nil, errors.New("no secrets: give --secrets-file")
	default:
		return c.readSecretsFile(o.secretsFile)
	}
}

// readSecretsFile reads a file, or standard input for -.
func (c *Command) readSecretsFile(path string) (*secretsync.Source, error) {
	if path == "-" {
		data, err := io.ReadAll(c.Stdin)
		if err != nil {
			return nil, fmt.Errorf("reading secrets: %w", err)
		}
		return secretsync.ParseSecrets("standard input", data)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading secrets: %w", err)
	}
	return secretsync.ParseSecrets(path, data)
}

// rules are the manifest's, with what the flags say over them.
func (o *syncOptions) rules(manifest *secretsync.Manifest) (secretsync.Rules, error) {
	rules := manifest.Rules
	if len(o.include) > 0 {
		rules.Include = o.include
	}
	rules.Exclude = slices.Concat(rules.Exclude, o.exclude)
	return rules, rules.Validate()
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
	fails, err := checkFiles(o.configFiles, check.Options{}, threshold, out.checked)
	if err == nil && fails {
		err = errors.New("the configs have errors; nothing was written")
	}
	return err
}
