package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

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

	status string
	found  checked
	plan   *secretsync.Plan
	report *secretsync.Report
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
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	if a.event.Untrusted && !o.secrets.HasSecrets() {
		return a.skip(o)
	}
	if a.inputs.Mode == "plan" {
		_, err = a.c.runPlan(ctx, o, a)
	} else {
		var r *run
		if r, err = a.c.runSync(ctx, o, a); err == nil {
			err = resultError(r.report)
		}
	}
	failed := a.comment(ctx)
	switch {
	case failed == nil:
		return err
	case err != nil:
		a.runner.Error(failed.Error())
		return err
	case a.report != nil:
		return &exitError{code: ExitPartly, err: failed}
	default:
		return &exitError{code: ExitFailed, err: failed}
	}
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
		include: in.Include, exclude: in.Exclude, configFiles: in.ConfigFiles, failOn: in.FailOn,
	}
	if in.APIURL == "" {
		return o, errors.New("input api-url is missing: the URL of the secrets API")
	}
	var err error
	if o.manifest, err = readManifest(in.Manifest, a.checked); err != nil {
		return o, err
	}
	if err := sameHost(in.APIURL, o.manifest.APIURL); err != nil {
		return o, err
	}
	o.secrets, err = a.source()
	return o, err
}

// source reads the secrets, and masks those that come from a file.
func (a *actionRun) source() (*secretsync.Source, error) {
	switch text := a.inputs.Secrets.RevealText(); {
	case text != "":
		return secretsync.ParseSecrets("input secrets", []byte(text))
	case a.inputs.SecretsFile != "":
		source, err := a.c.readSecretsFile(a.inputs.SecretsFile)
		if err == nil {
			a.maskAll(source)
		}
		return source, err
	case a.event.Untrusted:
		return &secretsync.Source{}, nil
	default:
		return nil, errors.New("no secrets: give the input secrets: ${{ toJSON(secrets) }}, or secrets-file")
	}
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
	if !a.inputs.Comment || a.event.PullRequest == 0 || a.plan == nil {
		return nil
	}
	markdown := report.PlanMarkdown(a.plan)
	if a.found.files > 0 {
		markdown += "\n" + report.DiagnosticsMarkdown(a.found.diagnostics, a.found.files)
	}
	return a.runner.Comment(ctx, &http.Client{Timeout: a.inputs.Timeout}, a.inputs.GitHubToken, a.event, markdown)
}

// outputs tells later steps what happened, in names and counts.
func (a *actionRun) outputs() error {
	r := a.report
	if r == nil {
		r = &secretsync.Report{}
	}
	errs, warnings := report.CountSeverities(a.found.diagnostics)
	outputs := []struct {
		name  string
		value any
	}{
		{"status", a.status},
		{"changed", r.Count(secretsync.Created)+r.Count(secretsync.Overwritten) > 0},
		{"created-count", r.Count(secretsync.Created)},
		{"overwritten-count", r.Count(secretsync.Overwritten)},
		{"unchanged-count", r.Count(secretsync.Unchanged)},
		{"skipped-count", r.Count(secretsync.Skipped)},
		{"failed-count", r.Count(secretsync.Failed)},
		{"created-names", r.Names(secretsync.Created)},
		{"overwritten-names", r.Names(secretsync.Overwritten)},
		{"failed-names", r.Names(secretsync.Failed)},
		{"error-count", errs},
		{"warning-count", warnings},
	}
	var failures []error
	for _, output := range outputs {
		failures = append(failures, a.runner.Output(output.name, output.value))
	}
	return errors.Join(failures...)
}
