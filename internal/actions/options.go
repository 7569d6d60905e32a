package actions

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// options returns the options of the run. It fails if the manifest names another host
// than the input api-url, to which alone the key goes: a pull request may change the
// manifest.
func (s *step) options(ctx context.Context) (run.Options, error) {
	o, err := s.reviewedOptions()
	if s.inputs.APIURL == "" {
		s.inputs.URLFrom, s.inputs.APIURL = connect.PrefectURL(kindOf(o.Manifest), s.Getenv)
		o.Connect.URLFrom, o.Connect.APIURL = s.inputs.URLFrom, s.inputs.APIURL
	}
	if err != nil || o.Untrusted.IsTrue() && s.inputs.Mode == "sync" {
		return o, err
	}
	if s.inputs.APIURL == "" {
		return o, noURLInput{}
	}
	if err := sameHost(s.inputs, o.Manifest.APIURL); err != nil {
		return o, err
	}
	read, err := s.sources()
	if err != nil {
		return o, err
	}
	o.Sources = func() ([]*secretsync.Source, error) { return read, nil }
	o.Notes = s.notPassed(ctx)
	if len(s.inputs.Flows) > 0 {
		o.AfterPlan = func(done *secretsync.Outcome) error { return s.checkFlows(o, done.Plans()) }
	}
	return o, nil
}

// kindOf returns the kind of store that a manifest names, which may be nil.
func kindOf(manifest *secretsync.Manifest) string {
	if manifest == nil {
		return ""
	}
	return manifest.Store
}

// noURLInput is a [connect.ErrNoURL] that names the input instead of the flag.
type noURLInput struct{}

func (noURLInput) Error() string { return "input api-url is missing: the URL of the secrets API" }

func (noURLInput) Is(target error) bool { return target == connect.ErrNoURL }

// reviewedOptions returns the options that come from the workflow and the checkout. A
// skipped run has them as well.
func (s *step) reviewedOptions() (run.Options, error) {
	in := s.inputs
	o := run.Options{
		Connect:     s.connectOptions(),
		Files:       inspect.NewCache(),
		Rules:       run.Rules{Include: in.Include, Exclude: in.Exclude, PruneScope: in.Prune, PruneUnowned: in.PruneUnowned},
		ConfigFiles: in.ConfigFiles, FailOn: in.FailOn, Untrusted: s.event.Untrusted, Signals: s.Signals,
	}
	var err error
	if o.ConfigsFor, err = inspect.ParseVersion(in.Version); err != nil {
		return o, fmt.Errorf("input prefect-version: %w", err)
	}
	o.Manifest, err = o.Files.Environment(in.Manifest, in.Environment, s.Checked)
	if err == inspect.ErrManifest {
		err = s.nothingWritten(err)
	}
	return o, err
}

func (s *step) connectOptions() connect.Options {
	in := s.inputs
	o := connect.Options{
		Given: option.Input, APIURL: in.APIURL, URLFrom: in.URLFrom, APIKey: in.APIKey, Dialect: "auto", AllowHTTP: in.AllowHTTP,
		CACertificate: in.CACertificate, Timeout: in.Timeout, Getenv: s.Getenv,
		ManifestFile: in.Manifest, Environment: in.Environment,
	}
	if s.runner.HasIDToken() {
		o.Identity = func(base http.RoundTripper, audience string) http.RoundTripper {
			return &IDTokenTransport{Runner: s.runner, Base: base, Audience: audience, Now: time.Now}
		}
	}
	return o
}

// sources reads the inputs that hold secrets.
func (s *step) sources() ([]*secretsync.Source, error) {
	reader := sources.Reader{Inputs: true, Stdin: s.Stdin, Env: s.Env, Done: s.sourceRead}
	return reader.All(s.inputs.Sources)
}

// sourceRead is called with each source once it has been read. It masks those from
// files and variables: [Runner.Mask] has masked the inputs.
func (s *step) sourceRead(from sources.Source, source *secretsync.Source) {
	switch {
	case from.Takes != sources.Text && !from.Variables:
		s.maskSource(source)
	case from.Name == "secrets":
		s.warnIfLong(s.inputs.Sources.Text(from.Name))
	}
}

func (s *step) maskSource(source *secretsync.Source) {
	for _, entry := range source.Entries {
		if !s.runner.MaskValue(entry.Name, entry.Text) {
			s.warnTooShort(entry.Name)
		}
	}
}

func (s *step) warnTooShort(name string) {
	s.runner.Warning(fmt.Sprintf("%s is too short to be masked in the log", report.Safe(name)))
}

// maxVariable is the longest variable of the environment on Linux, in bytes
// (MAX_ARG_STRLEN, 32 pages). A step with a longer one does not start.
const maxVariable = 128 << 10

// warnIfLong warns if the input secrets comes close to maxVariable.
func (s *step) warnIfLong(secrets string) {
	if len(secrets) <= maxVariable*3/4 {
		return
	}
	s.runner.Warning(fmt.Sprintf("the input secrets has %d KiB; over %d KiB the step cannot start: "+
		"give the larger secrets by secrets-file or env-names", len(secrets)>>10, maxVariable>>10))
}

// sameHost returns an error if the manifest's URL has another host than the input's, or that
// of the variable in its place.
func sameHost(in Inputs, manifest string) error {
	if manifest == "" || connect.InProcess(in.APIURL) {
		return nil
	}
	inputURL, err := url.Parse(in.APIURL)
	manifestURL, manifestErr := url.Parse(manifest)
	if err != nil || manifestErr != nil || inputURL.Host != manifestURL.Host {
		from := cmp.Or(in.URLFrom, option.Input.Name("api-url"))
		return fmt.Errorf("the manifest's api-url names another host than %s: the key is sent only to the host of %s", from, from)
	}
	return nil
}
