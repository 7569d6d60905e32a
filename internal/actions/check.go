package actions

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// check checks the configs, and the flows if there are any.
func (s *step) check(ctx context.Context) error {
	in := s.inputs
	threshold, err := check.ParseFailOn(in.FailOn)
	if err != nil {
		return fmt.Errorf("input fail-on: %w", err)
	}
	version, err := inspect.ParseVersion(in.Version)
	if err != nil {
		return fmt.Errorf("input prefect-version: %w", err)
	}
	o := check.Options{Version: version}
	if len(in.Flows) == 0 {
		return (*inspect.Cache)(nil).CheckConfigs(in.ConfigFiles, s.Env, o, threshold, s.Checked)
	}
	flows, err := inspect.LoadFlows(inspect.FlowOptions{
		Given: option.Input, Dirs: in.Flows, Configs: in.ConfigFiles, Manifest: in.Manifest, Env: s.Env, Check: o, Stored: s.storedSecrets(ctx),
	})
	if err != nil {
		return err
	}
	inspect.WriteUnchecked(s.Stderr, flows.Reads)
	return flows.Check(threshold, s.Checked)
}

// storedSecrets returns a function that lists the names in the store. It returns nil
// without a store, and for an untrusted run, which has no key.
func (s *step) storedSecrets(ctx context.Context) func(*inspect.Cache) (check.SecretSet, error) {
	if s.inputs.APIURL == "" || s.event.Untrusted.IsTrue() {
		return nil
	}
	return func(cache *inspect.Cache) (check.SecretSet, error) {
		return run.StoredSecrets(ctx, cache, s.connectOptions(), s.Stderr)
	}
}

// checkFlows checks that the configs, the manifest or the store once the plans are
// applied defines each secret that the flows read from such a store. Its error stops the run before the
// first write.
func (s *step) checkFlows(o run.Options, plans []*secretsync.Plan) error {
	threshold, err := check.ParseFailOn(o.FailOn)
	if err != nil {
		return err
	}
	reads, files, err := inspect.ReadFlows(s.inputs.Flows)
	if err != nil {
		return fmt.Errorf("input flows: %w", err)
	}
	configs, err := inspect.Expand(o.ConfigFiles)
	if err != nil {
		return err
	}
	kind := storekind.Find(o.Manifest.Store)
	options := check.Options{Version: o.ConfigsFor, Store: kind}
	defined, err := o.Files.DefinedSecrets(configs.Paths, s.inputs.Manifest, options)
	if err != nil {
		return err
	}
	for _, plan := range plans {
		defined = append(defined, check.StoreSet(kind, plan.NamesAfter()))
	}
	inspect.WriteUnchecked(s.Stderr, reads)
	found := inspect.Findings{Diagnostics: reads.Check(defined, options), Files: files}
	if err := s.Checked(found); err != nil {
		return err
	}
	if threshold.Fails(found.Diagnostics) {
		return s.nothingWritten(errFlows)
	}
	return nil
}

var errFlows = errors.New("flows read secrets that nothing has")

// nothingWritten adds that nothing was written, if the step was to write.
func (s *step) nothingWritten(err error) error {
	if err == nil || s.inputs.Mode != "sync" {
		return err
	}
	return run.NothingWritten(err)
}

// writeSARIF writes the findings to the file that the input sarif-file names.
func (s *step) writeSARIF() error {
	path := s.inputs.SARIFFile
	if path == "" || !s.checked {
		return nil
	}
	root, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("input sarif-file: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("input sarif-file: %w", err)
	}
	err = report.SARIF{Version: s.Version, Root: root}.Diagnostics(file, s.found.Diagnostics, s.found.Files)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("input sarif-file: %w", err)
	}
	s.sarifFile = path
	return nil
}
