package cli

import (
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// What the linker sets in a release build, which has no record of the repository.
var (
	version = "" // such as v1.2.3
	commit  = "" // its hash
	date    = "" // of the commit, as RFC 3339
)

// build describes the program, as the JSON of version has it.
type build struct {
	FormatVersion int    `json:"format_version"`
	Version       string `json:"version"`
	Commit        string `json:"commit"` // empty if it is unknown
	Date          string `json:"date"`   // of the commit; empty if it is unknown
	Modified      bool   `json:"modified"`
	Go            string `json:"go"`
	Platform      string `json:"platform"`
}

// currentBuild returns what the linker set, or else what the Go toolchain recorded.
func currentBuild() build {
	b := build{
		FormatVersion: report.FormatVersion, Version: "(devel)", Commit: commit, Date: date,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.read(info)
	}
	if version != "" {
		b.Version = version
	}
	return b
}

// read takes from the toolchain's record what the linker did not set.
func (b *build) read(info *debug.BuildInfo) {
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision" && b.Commit == "":
			b.Commit = setting.Value
		case setting.Key == "vcs.time" && b.Date == "":
			b.Date = setting.Value
		case setting.Key == "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
}

func currentVersion() string { return currentBuild().Version }

func (c *Command) version() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, its date and the version of Go",
		Example: `prefect-secrets version
prefect-secrets version --format json`,
		Args: noArguments("it prints the version of this program"),
		RunE: func(*cobra.Command, []string) error { return c.writeVersion(format) },
	}
	section(cmd.Flags(), "Output").choice(&format, "format", "FORMAT", "text", []string{"text", "json"}, "")
	return cmd
}

// String returns a line with the version, and one for the rest of what is known.
func (b build) String() string {
	var rest []string
	if b.Commit != "" {
		text := "commit " + b.Commit
		if day, _, ok := strings.Cut(b.Date, "T"); ok {
			text += " of " + day
		}
		if b.Modified {
			text += ", modified"
		}
		rest = append(rest, text)
	}
	return "prefect-secrets " + b.Version + "\n" + strings.Join(append(rest, b.Go, b.Platform), ", ") + "\n"
}

// writeVersion prints the build as a JSON document or as text.
func (c *Command) writeVersion(format string) error {
	b := currentBuild()
	if format == "json" {
		return c.writeJSON(b)
	}
	_, err := io.WriteString(c.Stdout, b.String())
	return err
}
