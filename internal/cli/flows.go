package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/configfile"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// flowOptions say which flows are read beside the configs, and where their secrets
// may be.
type flowOptions struct {
	dirs    []string
	usedBy  bool
	connect connect.Options
}

// checkFlows checks configs and, against what they, the manifest and the store have,
// the flows that read secrets.
func (c *Command) checkFlows(ctx context.Context, f checkFlags, paths []string, o check.Options, threshold check.FailOn, show func(checked) error) error {
	configs, err := c.configsBesideFlows(paths)
	if err != nil {
		return err
	}
	reads, files, err := readFlows(f.flows.dirs)
	if err != nil {
		return fmt.Errorf("--flows: %w", err)
	}
	known, err := c.knownSecrets(ctx, f, configs, o)
	if err != nil {
		return err
	}
	if f.flows.usedBy {
		if _, err := readManifest(f.manifest, c.showOnStderr); err != nil {
			return err
		}
		return c.showUses(f.format, reads, known)
	}
	c.tellComputed(reads)
	found, err := checkBesideManifest(manifestAtHand(f.manifest), configs, o)
	if err != nil {
		return err
	}
	found.diagnostics = append(found.diagnostics, reads.Undefined(known, o)...)
	found.files += files
	if err := show(found); err != nil {
		return err
	}
	if threshold.Fails(found.diagnostics) {
		return &exit.Error{Code: exit.Failed}
	}
	return nil
}

func (c *Command) tellComputed(reads *check.FlowReads) {
	if n := len(reads.Unknown()); n > 0 {
		fmt.Fprintf(c.Stderr, "prefect-secrets: reads under names that are computed, which are not checked: %d\n", n)
	}
}

// configsBesideFlows are the configs that are named, else the one that Prefect
// reads if it is there.
func (c *Command) configsBesideFlows(patterns []string) ([]string, error) {
	if len(patterns) > 0 {
		return expandPatterns(patterns)
	}
	path := prefect.UserConfigPath(c.Env)
	if _, err := os.Stat(path); path == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return []string{path}, nil
}

// readFlows reads every .py file below the directories, or the files themselves.
func readFlows(dirs []string) (reads *check.FlowReads, files int, err error) {
	var flows []check.Flow
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".py") {
				return err
			}
			text, err := configfile.Read(path)
			flows = append(flows, check.Flow{Name: filepath.ToSlash(path), Text: text})
			return err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	if len(flows) == 0 {
		return nil, 0, fmt.Errorf("there is no .py file in %s", strings.Join(dirs, ", "))
	}
	return check.Flows(flows), len(flows), nil
}

// knownSecrets are the secrets of the configs, of the environment, of the manifest
// and, with an --api-url, of the store.
func (c *Command) knownSecrets(ctx context.Context, f checkFlags, configs []string, o check.Options) ([]check.Known, error) {
	known, err := configuredSecrets(configs, f.manifest, o)
	if err != nil || f.flows.connect.APIURL == "" {
		return known, err
	}
	stored, err := c.storedNames(ctx, f.flows.connect)
	return append(known, check.Known{Where: "the store", Names: stored}), err
}

// configuredSecrets are those of the configs, of the environment and of the
// manifest.
func configuredSecrets(configs []string, manifest string, o check.Options) ([]check.Known, error) {
	names, err := check.ConfigSecrets(nil, o)
	if err != nil {
		return nil, &exit.Error{Code: exit.Failed, Err: err}
	}
	known := []check.Known{{Where: "the environment", Names: names}}
	for _, path := range configs {
		text, err := configfile.Read(path)
		if err != nil {
			return nil, fmt.Errorf("reading config: %w", err)
		}
		if isManifest(path) {
			known = withManifestText(known, path, text)
			continue
		}
		// A config that no Prefect loads has none; its own finding says why.
		if names, err := check.ConfigSecrets(text, o); err == nil {
			known = append(known, check.Known{Where: filepath.ToSlash(path), Names: names})
		}
	}
	return withManifest(known, manifest)
}

func (c *Command) storedNames(ctx context.Context, o connect.Options) (names []string, err error) {
	err = c.withStore(ctx, o, func(ctx context.Context, conn *connect.Connection) error {
		if names, err = conn.Client.SecretNames(ctx); err != nil {
			return exit.Store(err)
		}
		return nil
	})
	return names, err
}

// showUses prints each secret with the places that read it, and what nobody reads.
func (c *Command) showUses(format string, reads *check.FlowReads, known []check.Known) error {
	uses, unknown := reads.UsedBy(known), reads.Unknown()
	switch format {
	case "json":
		enc := json.NewEncoder(c.Stdout)
		enc.SetEscapeHTML(false)
		return enc.Encode(struct {
			FormatVersion int               `json:"format_version"`
			Secrets       []check.SecretUse `json:"secrets"`
			Unknown       []check.Place     `json:"unknown"`
		}{report.FormatVersion, uses, slices.Concat([]check.Place{}, unknown)})
	case "text":
	default:
		return unknownFormat(format)
	}
	for _, use := range uses {
		fmt.Fprintln(c.Stdout, report.Safe(useTitle(use)))
		for _, p := range use.Places {
			fmt.Fprintf(c.Stdout, "  %s:%d:%d\n", report.Safe(p.File), p.Line, p.Column)
		}
	}
	if len(unknown) > 0 {
		fmt.Fprintln(c.Stdout, "under names that are computed")
	}
	for _, p := range unknown {
		fmt.Fprintf(c.Stdout, "  %s:%d:%d\n", report.Safe(p.File), p.Line, p.Column)
	}
	return nil
}

func useTitle(use check.SecretUse) string {
	title := use.Name
	switch {
	case use.Environment:
		title += " (environment variable)"
	case len(use.Known) > 0:
		title += " (in " + strings.Join(use.Known, ", ") + ")"
	default:
		title += " (nowhere)"
	}
	if len(use.Places) == 0 {
		title += ": nobody reads it"
	}
	return title
}
