package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

type configOptions struct {
	file, backendFile, version, format string
	noDefaults, changed, reveal        bool
}

func (c *Command) config() *cobra.Command {
	var o configOptions
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings that Prefect would run with, and their origins",
		Long: `Config reads what Prefect reads at import, by the rules of one of its releases:
its default settings, the user's file, from 0.10 on the backend file, and the
environment of this process. It prints a line for each setting: path, type,
value and origin. Values that could be secret are masked.`,
		Args: noArguments("name the config with --file"),
		Example: `prefect-secrets config --prefect-version 1.4 --changed
prefect-secrets config --file config.toml --format json`,
		RunE: func(*cobra.Command, []string) error { return c.runConfig(o) },
	}
	read := section(cmd.Flags(), "What is read")
	read.text(&o.file, "file", "FILE", "", "user's config (default: what PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml)")
	read.text(&o.backendFile, "backend-file", "FILE", "", "backend file (default: what PREFECT__BACKEND_CONFIG_PATH names, else ~/.prefect/backend.toml)")
	read.text(&o.version, "prefect-version", "VERSION", release.Documented.String(), "whose rules apply: documented, or a release from 0.6.7 to 1.4.1, such as 0.13 or 0.13.19")
	read.toggle(&o.noDefaults, "no-defaults", "read only --file and the environment: no default settings, backend file or task defaults")
	output := section(cmd.Flags(), outputTitle)
	output.toggle(&o.changed, "changed", "show only what is not a default")
	output.toggle(&o.reveal, "reveal", "show values that could be secret")
	output.choice(&o.format, "format", "FORMAT", "text", []string{"text", "json"}, "")
	return cmd
}

func (c *Command) runConfig(o configOptions) error {
	version, err := release.ParseVersion(o.version)
	if err != nil {
		return fmt.Errorf("--prefect-version: %w", err)
	}
	if o.noDefaults && o.file == "" {
		return usagef("--no-defaults reads one file: name it with --file")
	}
	lines := newLineFinder(version)
	loaded, err := release.Load(release.Options{
		Version: version, Path: o.file, BackendPath: o.backendFile, NoDefaults: o.noDefaults, Env: c.Env, ReadFile: lines.Read,
	})
	var problem *release.Error
	if errors.As(err, &problem) {
		return &exit.Error{Code: exit.Failed, Err: lines.complete(problem)}
	}
	if err != nil {
		return err
	}
	return c.writeConfig(loaded.Entries(), o, lines)
}

func (c *Command) writeConfig(entries []release.Entry, o configOptions, lines *lineFinder) error {
	if o.changed {
		entries = slices.DeleteFunc(slices.Clone(entries), func(e release.Entry) bool { return e.Origin == (release.Origin{}) })
	}
	settings := make([]configEntry, len(entries))
	masked := maskedTexts(entries)
	for i, e := range entries {
		settings[i] = configEntry{Path: lines.shownPath(e), Type: e.Type(), Origin: lines.origin(e)}
		if !o.reveal && couldBeSecret(e, masked) {
			settings[i].Value, settings[i].Masked = json.RawMessage(`"***"`), true
		} else if value, err := e.JSON(); err == nil {
			settings[i].Value = value
		} else {
			settings[i].Repr = e.Repr()
		}
	}
	if o.format == "json" {
		return c.writeJSON(struct {
			FormatVersion int           `json:"format_version"`
			Entries       []configEntry `json:"entries"`
		}{report.FormatVersion, settings})
	}
	rows := make([]configRow, len(settings))
	for i, e := range settings {
		value := "***"
		if !e.Masked {
			value = entries[i].Repr()
		}
		rows[i] = configRow{report.Safe(quotedPath(e.Path)), e.Type, report.Safe(value), report.Safe(e.Origin)}
	}
	if o.changed && len(rows) == 0 {
		_, err := fmt.Fprintln(c.Stderr, "every setting that is read has its default")
		return err
	}
	return writeConfigRows(c.out(), rows)
}

// configEntry is one setting in the JSON document. It has the value if JSON can hold
// it, else the output of Python's repr.
type configEntry struct {
	Path   []string        `json:"path"`
	Type   string          `json:"type"`
	Value  json.RawMessage `json:"value,omitempty"`
	Repr   string          `json:"repr,omitempty"`
	Masked bool            `json:"masked,omitempty"`
	Origin string          `json:"origin"`
}

func quotedPath(path []string) string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = tomlpos.QuoteKey(part)
	}
	return strings.Join(parts, ".")
}
