package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func (c *Command) action() *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run as the GitHub Action: inputs from INPUT_ variables",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.runAction(cmd.Context()) },
	}
}

// runAction masks first, and ends with the outputs set, whatever happened.
func (c *Command) runAction(ctx context.Context) error {
	a := &actionRun{c: c, runner: actions.NewRunner(c.Stdout, c.Env, c.getenv), status: "success"}
	for _, name := range a.runner.Mask() {
		a.tooShort(name)
	}
	err := a.do(ctx)
	code := exitCode(err)
	switch {
	case code == ExitOK:
	case code == ExitPartly:
		a.status = "partial"
	default:
		a.status = "failed"
	}
	if message := messageOf(err); message != "" {
		a.runner.Error(message)
	}
	if err := a.outputs(); err != nil {
		a.runner.Error(err.Error())
		code = max(code, ExitFailed)
	}
	if code == ExitOK {
		return nil
	}
	return &exitError{code: code}
}

// actionRun is one run of the Action, and the printer of its steps.
type actionRun struct {
	c      *Command
	runner *actions.Runner
	inputs actions.Inputs
	event  actions.Event

	status  string
	found   checked
	tenants []report.Tenant // as far as the run came
	// planFile is the one that was written.
	planFile string
	// hasSecrets is that GitHub passed a secret in, so that this is no fork's run.
	hasSecrets bool
}

func (a *actionRun) do(ctx context.Context) (err error) {
	if a.inputs, err = a.runner.Inputs(); err != nil {
		return err
	}
	a.event = a.runner.Event()
	if a.inputs.Mode == "check" {
		return a.check()
	}
	o, err := a.options()
	if err != nil {
		return err
	}
	if a.event.Untrusted && !a.hasSecrets {
		return a.skip(o)
	}
	err = a.planOrSync(ctx, o)
	commenting, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.inputs.Timeout)
	defer cancel()
	failed := a.comment(commenting)
	switch {
	case failed == nil:
		return err
	case err != nil:
		a.runner.Error(failed.Error())
		return err
	case a.inputs.Mode == "sync":
		return &exitError{code: ExitPartly, err: failed}
	default:
		return &exitError{code: ExitFailed, err: failed}
	}
}

func (a *actionRun) planOrSync(ctx context.Context, o syncOptions) error {
	if a.inputs.Mode == "sync" {
		o.reviewed = a.inputs.PlanFile
		r, err := a.c.runSync(ctx, o, a)
		if err != nil {
			return err
		}
		return r.resultError()
	}
	r, err := a.c.runPlan(ctx, o, a)
	if err != nil {
		return err
	}
	if err := r.writePlanFile(a.inputs.PlanFile); err != nil {
		return err
	}
	a.planFile = a.inputs.PlanFile
	if err := a.onlyPlanned(r.tenants, r.requests()); err != nil {
		return err
	}
	return r.plannedError(false)
}

// skip is all there is to do for a run that GitHub gives no secrets to: the
// configs are checked, and nothing is written.
func (a *actionRun) skip(o syncOptions) error {
	if err := checkConfigs(o, a); err != nil {
		return err
	}
	a.status = "skipped"
	a.runner.Notice("a run of a fork or of Dependabot is given no secrets: nothing is written")
	return nil
}

// options are the inputs as the commands know them. The key goes to the host of
// the input api-url alone: a pull request may change a manifest.
func (a *actionRun) options() (syncOptions, error) {
	in := a.inputs
	o := syncOptions{
		connectOptions: connectOptions{
			apiURL: in.APIURL, apiKey: in.APIKey, dialect: "auto", allowHTTP: in.AllowHTTP,
			caCertificate: in.CACertificate, timeout: in.Timeout,
		},
		ruleOptions: ruleOptions{include: in.Include, exclude: in.Exclude, pruneScope: in.Prune},
		configFiles: in.ConfigFiles, failOn: in.FailOn,
	}
	if in.APIURL == "" {
		return o, errors.New("input api-url is missing: the URL of the secrets API")
	}
	var err error
	if o.manifest, err = readEnvironment(in.Manifest, in.Environment, a.checked); err != nil {
		return o, err
	}
	if err := sameHost(in.APIURL, o.manifest.APIURL); err != nil {
		return o, err
	}
	o.given, err = a.sources()
	return o, err
}

// sources reads the inputs that hold secrets, and masks those that come from a
// file or a variable.
func (a *actionRun) sources() ([]*secretsync.Source, error) {
	var sources []*secretsync.Source
	if text := a.inputs.Secrets.RevealText(); text != "" {
		source, err := secretsync.ParseSecrets("input secrets", []byte(text))
		if err != nil {
			return nil, err
		}
		sources = append(sources, source)
	}
	if a.inputs.SecretsFile != "" {
		source, err := a.c.readSecretsFile(a.inputs.SecretsFile)
		if err != nil {
			return nil, err
		}
		a.maskAll(source)
		sources = append(sources, source)
	}
	if len(a.inputs.EnvNames) > 0 {
		source, err := secretsync.FromEnvironment(a.c.Env, a.inputs.EnvNames)
		if err != nil {
			return nil, fmt.Errorf("input env-names: %w", err)
		}
		a.maskAll(source)
		sources = append(sources, source)
	}
	a.hasSecrets = slices.ContainsFunc(sources, (*secretsync.Source).HasSecrets)
	if text := a.inputs.Vars.RevealText(); text != "" {
		source, err := secretsync.ParseVars("input vars", []byte(text))
		if err != nil {
			return nil, err
		}
		sources = append(sources, source)
	}
	if len(sources) == 0 && !a.event.Untrusted {
		return nil, errors.New("no secrets: give the input secrets: ${{ toJSON(secrets) }}, secrets-file or env-names")
	}
	return sources, nil
}

func (a *actionRun) maskAll(source *secretsync.Source) {
	for _, entry := range source.Entries {
		if !a.runner.MaskValue(entry.Text) {
			a.tooShort(entry.Name)
		}
	}
}

func (a *actionRun) tooShort(name string) {
	a.runner.Warning(fmt.Sprintf("%s is too short to be masked in the log", report.Safe(name)))
}

func sameHost(input, manifest string) error {
	if manifest == "" || input == embedded {
		return nil
	}
	given, err := url.Parse(input)
	named, err2 := url.Parse(manifest)
	if err != nil || err2 != nil || given.Host != named.Host {
		return errors.New("the manifest's api-url names another host than the input api-url: the key goes to the input's host alone")
	}
	return nil
}

func (a *actionRun) check() error {
	threshold, err := check.ParseFailOn(a.inputs.FailOn)
	if err != nil {
		return fmt.Errorf("input fail-on: %w", err)
	}
	return a.c.checkNamed(a.inputs.ConfigFiles, check.Options{}, threshold, a.checked)
}

// comment puts the plan on the pull request, if that was asked for.
func (a *actionRun) comment(ctx context.Context) error {
	if !a.inputs.Comment || a.event.PullRequest == 0 || len(a.tenants) == 0 {
		return nil
	}
	markdown := report.PlanMarkdown(a.tenants)
	if a.found.files > 0 {
		markdown += "\n" + report.DiagnosticsMarkdown(a.found.diagnostics, a.found.files)
	}
	return a.runner.Comment(ctx, &http.Client{Timeout: a.inputs.Timeout}, a.inputs.GitHubToken, a.event, markdown)
}

// outputs tells later steps what happened, in names and counts.
func (a *actionRun) outputs() error {
	errs, warnings := report.CountSeverities(a.found.diagnostics)
	outputs := []struct {
		name  string
		value any
	}{
		{"status", a.status},
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
		{"error-count", errs},
		{"warning-count", warnings},
	}
	var failures []error
	for _, output := range outputs {
		failures = append(failures, a.runner.Output(output.name, output.value))
	}
	return errors.Join(failures...)
}

// count is how many actions ended so, over all tenants.
func (a *actionRun) count(results ...secretsync.Result) int {
	n := 0
	for _, t := range a.tenants {
		for _, result := range results {
			if t.Report != nil {
				n += t.Report.Count(result)
			}
		}
	}
	return n
}

// names are the names whose actions ended so for any tenant, each once, sorted.
func (a *actionRun) names(results ...secretsync.Result) []string {
	names := []string{}
	for _, t := range a.tenants {
		for _, result := range results {
			if t.Report != nil {
				names = append(names, t.Report.Names(result)...)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
