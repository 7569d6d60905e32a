package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// options are the inputs as the commands know them. The key goes to the host of
// the input api-url alone: a pull request may change a manifest.
func (a *actionRun) options(ctx context.Context) (syncOptions, error) {
	if a.inputs.APIURL == "" {
		a.inputs.APIURL = connect.PrefectURL(a.c.getenv)
	}
	o, err := a.reviewedOptions()
	if err != nil || o.untrusted != "" && a.inputs.Mode == "sync" {
		return o, err
	}
	if a.inputs.APIURL == "" {
		return o, errNoURLInput
	}
	if err := sameHost(a.inputs.APIURL, o.manifest.APIURL); err != nil {
		return o, err
	}
	if o.given, err = a.sources(); err != nil {
		return o, err
	}
	o.notes = a.notPassed(ctx)
	if len(a.inputs.Flows) > 0 {
		o.afterPlan = func(done *secretsync.Outcome) error { return a.checkFlows(o, done.Plans()) }
	}
	return o, nil
}

var errNoURLInput = errors.New("input api-url is missing: the URL of the secrets API")

// reviewedOptions are those that come from the workflow and the checkout, which a
// run that is skipped has too.
func (a *actionRun) reviewedOptions() (syncOptions, error) {
	in := a.inputs
	o := syncOptions{
		connect:     a.connectOptions(),
		ruleOptions: ruleOptions{include: in.Include, exclude: in.Exclude, pruneScope: in.Prune},
		configFiles: in.ConfigFiles, failOn: in.FailOn, untrusted: a.event.Untrusted,
	}
	var err error
	if o.configsFor, err = check.ParseVersion(in.Version); err != nil {
		return o, fmt.Errorf("input prefect-version: %w", err)
	}
	o.manifest, err = readEnvironment(in.Manifest, in.Environment, a.checked)
	return o, err
}

func (a *actionRun) connectOptions() connect.Options {
	in := a.inputs
	o := connect.Options{
		APIURL: in.APIURL, APIKey: in.APIKey, Dialect: "auto", AllowHTTP: in.AllowHTTP,
		CACertificate: in.CACertificate, Timeout: in.Timeout,
	}
	if a.runner.HasIDToken() {
		o.Identity = func(base http.RoundTripper, audience string) http.RoundTripper {
			return &actions.IDTokenTransport{Runner: a.runner, Base: base, Audience: audience, Now: time.Now}
		}
	}
	return o
}

// sources reads the inputs that hold secrets.
func (a *actionRun) sources() ([]*secretsync.Source, error) {
	reader := sources.Reader{Inputs: true, Stdin: a.c.Stdin, Env: a.c.Env, Done: a.read}
	return reader.All(a.inputs.Sources)
}

// read masks what comes from a file or a variable: the runner has masked the inputs.
func (a *actionRun) read(from sources.Source, source *secretsync.Source) {
	switch {
	case from.Takes != sources.Text && !from.Variables:
		a.maskAll(source)
	case from.Name == "secrets":
		a.warnOfLength(a.inputs.Sources.Text(from.Name))
	}
}

func (a *actionRun) maskAll(source *secretsync.Source) {
	for _, entry := range source.Entries {
		if !a.runner.MaskValue(entry.Name, entry.Text) {
			a.tooShort(entry.Name)
		}
	}
}

func (a *actionRun) tooShort(name string) {
	a.runner.Warning(fmt.Sprintf("%s is too short to be masked in the log", report.Safe(name)))
}

// maxVariable is how long a variable of the environment may be on Linux, in bytes
// (MAX_ARG_STRLEN, 32 pages); no step with a longer one starts.
const maxVariable = 128 << 10

// warnOfLength warns before the next secret keeps the step from starting.
func (a *actionRun) warnOfLength(secrets string) {
	if len(secrets) > maxVariable*3/4 {
		a.runner.Warning(fmt.Sprintf("the input secrets has %d KiB; over %d KiB the step cannot start: give the larger secrets by secrets-file or env-names", len(secrets)>>10, maxVariable>>10))
	}
}

func sameHost(input, manifest string) error {
	if manifest == "" || connect.InProcess(input) {
		return nil
	}
	given, err := url.Parse(input)
	named, err2 := url.Parse(manifest)
	if err != nil || err2 != nil || given.Host != named.Host {
		return errors.New("the manifest's api-url names another host than the input api-url: the key goes to the input's host alone")
	}
	return nil
}
