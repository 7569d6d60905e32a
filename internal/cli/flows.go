package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

// checkFlows checks the configs, and that they, the manifest or the store define each
// secret that the flows read. With --used-by it prints which flow reads which secret
// instead.
func (c *Command) checkFlows(ctx context.Context, f checkFlags, paths []string, o check.Options, threshold check.FailOn, show inspect.Show) error {
	options := inspect.FlowOptions{Dirs: f.flows, Configs: paths, Manifest: f.manifest, Env: c.Env, Check: o}
	if f.connect.APIURL != "" {
		options.Stored = func(cache *inspect.Cache) ([]string, error) {
			return run.StoredNames(ctx, cache, c.withEnv(f.connect), c.Stderr)
		}
	}
	flows, err := inspect.LoadFlows(options)
	if err != nil {
		return err
	}
	if f.usedBy {
		if _, err := flows.Manifest(inspect.ShowText(c.Stderr)); err != nil {
			return err
		}
		return c.showUses(f.format, flows.Reads, flows.Defined, o)
	}
	inspect.WriteUnchecked(c.Stderr, flows.Reads)
	return flows.Check(threshold, show)
}

// showUses prints each secret in one line with the positions that read it, and reads
// of computed names.
func (c *Command) showUses(format string, reads *check.FlowReads, defined []check.SecretSet, o check.Options) error {
	uses, unknown := reads.UsedBy(defined, o), reads.Unknown()
	switch format {
	case "json":
		enc := json.NewEncoder(c.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(struct {
			FormatVersion int               `json:"format_version"`
			Secrets       []check.SecretUse `json:"secrets"`
			Unknown       []check.Location  `json:"unknown"`
		}{report.FormatVersion, uses, slices.Concat([]check.Location{}, unknown)})
	case "text":
	default:
		return unknownFormat(format)
	}
	for _, use := range uses {
		fmt.Fprintln(c.Stdout, report.Safe(describeUse(use)))
	}
	if len(unknown) > 0 {
		fmt.Fprintln(c.Stdout, "under names that are computed")
	}
	for _, l := range unknown {
		fmt.Fprintf(c.Stdout, "  %s\n", report.Safe(describeLocation(l)))
	}
	return nil
}

// describeUse returns the line about a secret.
func describeUse(use check.SecretUse) string {
	line := use.Name
	switch {
	case use.Environment:
		line += " (environment variable)"
	case len(use.DefinedIn) > 0:
		line += " (in " + strings.Join(use.DefinedIn, ", ") + ")"
	default:
		line += " (nowhere)"
	}
	switch {
	case len(use.Locations) > 0:
		return line + ": " + describeLocations(use.Locations)
	case len(use.Possible) > 0:
		return line + ": may be read under a name that is computed: " + describeLocations(use.Possible)
	}
	return line + ": nobody reads it"
}

func describeLocations(locations []check.Location) string {
	all := make([]string, len(locations))
	for i, l := range locations {
		all[i] = describeLocation(l)
	}
	return strings.Join(all, ", ")
}

func describeLocation(l check.Location) string {
	text := fmt.Sprintf("%s:%d:%d", l.File, l.Line, l.Column)
	if l.Optional {
		text += " (optional)"
	}
	return text
}
