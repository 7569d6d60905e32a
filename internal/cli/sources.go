package cli

import (
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// sourceFlags say where values come from.
type sourceFlags struct {
	files   map[string]*string   // of sources that take one file
	names   map[string]*[]string // of all others
	version string
}

// register registers a flag for each source that has one.
func (o *sourceFlags) register(flags *pflag.FlagSet) {
	o.files, o.names = map[string]*string{}, map[string]*[]string{}
	for _, s := range sources.Table {
		switch {
		case s.Flag == "":
		case s.Takes == sources.Path:
			o.files[s.Name] = flags.String(s.Name, "", s.Flag)
		case s.Takes == sources.Paths:
			o.names[s.Name] = flags.StringArray(s.Name, nil, s.Flag)
		default:
			o.names[s.Name] = flags.StringSlice(s.Name, nil, s.Flag)
		}
	}
	flags.StringVar(&o.version, "prefect-version", prefect.Documented.String(), "how --secrets-config is read, and what --config-files are checked for (default there: any release): documented, 0.9 or 1.4, or a release such as 1.4.1")
}

// read reads every source that is given.
func (o sourceFlags) read(c *Command) ([]*secretsync.Source, error) {
	given := sources.Given{Names: map[string][]string{}}
	for name, file := range o.files {
		if *file != "" {
			given.Names[name] = []string{*file}
		}
	}
	for name, names := range o.names {
		given.Names[name] = *names
	}
	reader := sources.Reader{Stdin: c.Stdin, Env: c.Env, Version: o.version}
	return reader.All(given)
}
