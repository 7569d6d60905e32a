package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

// checkFlows checks the configs, and that they, the manifest or the store define each
// secret that the flows read. With --used-by it prints which flow reads which secret
// instead.
func (c *Command) checkFlows(ctx context.Context, f checkFlags, files *inspect.Cache, paths []string, o check.Options, threshold check.FailOn, show inspect.Show) error {
	options := inspect.FlowOptions{Dirs: f.flows, Configs: paths, Manifest: f.manifest, Env: c.Env, Check: o, Files: files}
	if f.connect.Environment != "" {
		f.connect.ManifestFile = f.manifest
	}
	if f.asksStore() {
		options.Stored = func(cache *inspect.Cache) (check.SecretSet, error) {
			return run.StoredSecrets(ctx, cache, c.withEnv(f.connect), c.Stderr)
		}
	}
	flows, err := inspect.LoadFlows(options)
	if err != nil {
		return err
	}
	if f.usedBy {
		if _, err := flows.Manifest(inspect.ShowText(c.errOut())); err != nil {
			return err
		}
		return c.showUses(f.format, flows.Reads, flows.Defined, o)
	}
	inspect.WriteUnchecked(c.Stderr, flows.Reads)
	return flows.Check(threshold, show)
}

// showUses prints each secret with the lines that read it, and reads of computed
// names.
func (c *Command) showUses(format string, reads *check.FlowReads, defined []check.SecretSet, o check.Options) error {
	uses, unknown := reads.UsedBy(defined, o), reads.Unknown()
	switch format {
	case "json":
		return c.writeJSON(struct {
			FormatVersion int               `json:"format_version"`
			Secrets       []check.SecretUse `json:"secrets"`
			Unknown       []check.Location  `json:"unknown"`
		}{report.FormatVersion, uses, slices.Concat([]check.Location{}, unknown)})
	case "text":
	default:
		return usagef("--used-by: use --format text or json")
	}
	for _, use := range uses {
		fmt.Fprintln(c.Stdout, report.Safe(use.Title()))
		c.showLocations(use.Locations)
	}
	if len(unknown) > 0 {
		fmt.Fprintln(c.Stdout, "under names that are computed")
	}
	c.showLocations(unknown)
	return nil
}

func (c *Command) showLocations(locations []check.Location) {
	for _, l := range locations {
		text := fmt.Sprintf("  %s:%d:%d", l.File, l.Line, l.Column)
		if l.Optional {
			text += " (optional)"
		}
		fmt.Fprintln(c.Stdout, report.Safe(text))
	}
}
