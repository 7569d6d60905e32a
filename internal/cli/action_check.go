package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// check reads the configs, and the flows where there are some, and writes nothing.
func (a *actionRun) check(ctx context.Context) error {
	in := a.inputs
	threshold, err := check.ParseFailOn(in.FailOn)
	if err != nil {
		return fmt.Errorf("input fail-on: %w", err)
	}
	version, err := check.ParseVersion(in.Version)
	if err != nil {
		return fmt.Errorf("input prefect-version: %w", err)
	}
	o := check.Options{Version: version}
	if len(in.Flows) == 0 {
		return a.c.checkNamed(in.ConfigFiles, o, threshold, a.checked)
	}
	flows := flowOptions{dirs: in.Flows, connect: a.connectOptions()}
	if a.event.Untrusted != "" {
		flows.connect.APIURL = "" // an untrusted run has no key of its own to ask the store with
	}
	return a.c.checkFlows(ctx, checkFlags{manifest: in.Manifest, flows: flows}, in.ConfigFiles, o, threshold, a.checked)
}

// checkFlows compares what the flows read with what the store has once the plan is
// applied, beside configs and manifest. It stops the run before anything is written.
func (a *actionRun) checkFlows(o syncOptions, plans []*secretsync.Plan) error {
	threshold, err := check.ParseFailOn(o.failOn)
	if err != nil {
		return err
	}
	reads, files, err := readFlows(a.inputs.Flows)
	if err != nil {
		return fmt.Errorf("input flows: %w", err)
	}
	configs, err := expandPatterns(o.configFiles)
	if err != nil {
		return err
	}
	options := check.Options{Version: o.configsFor}
	known, err := configuredSecrets(configs, a.inputs.Manifest, options)
	if err != nil {
		return err
	}
	for _, plan := range plans {
		known = append(known, check.Known{Where: "the store", Names: plan.After()})
	}
	a.c.tellComputed(reads)
	found := checked{reads.Undefined(known, options), files}
	if err := a.checked(found); err != nil {
		return err
	}
	if threshold.Fails(found.diagnostics) {
		return errors.New("flows read secrets that nothing has; nothing was written")
	}
	return nil
}

// writeSARIF writes what was found to the file that the input names.
func (a *actionRun) writeSARIF() error {
	path := a.inputs.SARIFFile
	if path == "" || !a.configsChecked {
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
	err = report.SARIF{Version: currentVersion(), Root: root}.Diagnostics(file, a.found.diagnostics, a.found.files)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("input sarif-file: %w", err)
	}
	a.sarifFile = path
	return nil
}
