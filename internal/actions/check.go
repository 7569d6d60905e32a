package actions

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// check checks the configs, and the flows if there are any.
func (a *step) check(ctx context.Context) error {
	in := a.inputs
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
		return inspect.CheckConfigs(in.ConfigFiles, a.Env, o, threshold, a.Checked)
	}
	flows, err := inspect.LoadFlows(inspect.FlowOptions{
		Dirs: in.Flows, Configs: in.ConfigFiles, Manifest: in.Manifest, Env: a.Env, Check: o, Stored: a.storedNames(ctx),
	})
	if err != nil {
		return err
	}
	inspect.WriteUncheckedCount(a.Stderr, flows.Reads)
	return flows.Check(threshold, a.Checked)
}

// storedNames returns a function that lists the names in the store. It returns nil
// without a store, and for an untrusted run, which has no key.
func (a *step) storedNames(ctx context.Context) func(*inspect.Cache) ([]string, error) {
	if a.inputs.APIURL == "" || a.event.Untrusted != "" {
		return nil
	}
	return func(cache *inspect.Cache) ([]string, error) {
		return run.StoredNames(ctx, cache, a.connectOptions(), a.Stderr)
	}
}

// checkFlows checks that the configs, the manifest or the store once the plans are
// applied defines each secret that the flows read. Its error stops the run before the
// first write.
func (a *step) checkFlows(o run.Options, plans []*secretsync.Plan) error {
	threshold, err := check.ParseFailOn(o.FailOn)
	if err != nil {
		return err
	}
	reads, files, err := inspect.ReadFlows(a.inputs.Flows)
	if err != nil {
		return fmt.Errorf("input flows: %w", err)
	}
	configs, err := inspect.Expand(o.ConfigFiles)
	if err != nil {
		return err
	}
	options := check.Options{Version: o.ConfigsFor}
	defined, err := o.Files.DefinedSecrets(configs, a.inputs.Manifest, options)
	if err != nil {
		return err
	}
	for _, plan := range plans {
		defined = append(defined, check.SecretSet{Where: "the store", Names: plan.NamesAfter()})
	}
	inspect.WriteUncheckedCount(a.Stderr, reads)
	found := inspect.Findings{Diagnostics: reads.Check(defined, options), Files: files}
	if err := a.Checked(found); err != nil {
		return err
	}
	if threshold.Fails(found.Diagnostics) {
		return errors.New("flows read secrets that nothing has; nothing was written")
	}
	return nil
}

// writeSARIF writes the findings to the file that the input sarif-file names.
func (a *step) writeSARIF() error {
	path := a.inputs.SARIFFile
	if path == "" || !a.checked {
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
	err = report.SARIF{Version: a.Version, Root: root}.Diagnostics(file, a.found.Diagnostics, a.found.Files)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("input sarif-file: %w", err)
	}
	a.sarifFile = path
	return nil
}
