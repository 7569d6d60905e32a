package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// connectFlags registers the flags that choose the store and the key.
func connectFlags(flags *pflag.FlagSet, o *connect.Options) {
	flags.StringVar(&o.APIURL, "api-url", "", "the secrets API; embedded is a store inside this process, embedded:PATH keeps it in an encrypted file (default: PREFECT_SECRETS_API_URL, the manifest's, then PREFECT__CLOUD__API)")
	flags.StringVar(&o.APIKeyFile, "api-key-file", "", "a file that holds the API key (default: "+strings.Join(apikey.Variables, ", then ")+")")
	flags.StringSliceVar(&o.Tenants, "tenant", nil, "slug or id of a tenant (default: the key's own tenant)")
	flags.StringVar(&o.Dialect, "dialect", "auto", "how the API spells its fields: auto, camel or snake")
	flags.BoolVar(&o.AllowHTTP, "allow-http", false, "send key and values in clear text beyond this machine")
	storeKeyFlag(flags, &o.StoreKeyFile)
	flags.StringVar(&o.CACertificate, "ca-certificate", "", "a PEM file with the certificate authority of the API")
	flags.DurationVar(&o.Timeout, "timeout", 5*time.Minute, "how long the whole command may take")
}

// withEnv returns o with c.Env, in which it finds the URL and the keys.
func (c *Command) withEnv(o connect.Options) connect.Options {
	o.Getenv = c.getenv
	return o
}

// withStore calls use with the store that o or the manifest names.
func (c *Command) withStore(ctx context.Context, o connect.Options, use func(context.Context, *connect.Connection) error) error {
	return run.WithStore(ctx, nil, c.withEnv(o), c.Stderr, use)
}

// sourceFlags are the flags that say where values come from, by the sources' names.
type sourceFlags struct {
	files   map[string]*string   // sources that take one file
	names   map[string]*[]string // all others
	version string
}

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
	flags.StringVar(&o.version, "prefect-version", release.Documented.String(), "how --secrets-config is read, and what --config-files are checked for (default there: any release): documented, or a release from 0.6.7 to 1.4.1, such as 0.13 or 0.13.19")
}

// read reads every source whose flag is set.
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

// ruleFlags registers the flags that say which secrets to sync and under which names.
func ruleFlags(flags *pflag.FlagSet, o *run.Rules) {
	flags.StringSliceVar(&o.Include, "include", nil, "glob of CI names that go into the store; wins over the manifest's")
	flags.StringSliceVar(&o.Exclude, "exclude", nil, "glob of CI names that stay out; wins over everything")
	flags.StringArrayVar(&o.Names, "name", nil, "DEST=SOURCE: the CI name SOURCE goes into the store as DEST (repeatable)")
	flags.StringArrayVar(&o.Formats, "format-of", nil, "DEST=FORMAT: how DEST is sent: auto, string, json or raw (repeatable)")
	flags.StringArrayVar(&o.Required, "require", nil, "a name in the store that must have a value (repeatable)")
	flags.StringSliceVar(&o.PruneScope, "prune-scope", nil, "glob of names in the store that are deleted if no source has them")
	flags.Func("max-deletes", "a plan that deletes more than `N` names fails (default: the manifest's, then 5)", func(text string) error {
		n, err := strconv.Atoi(text)
		o.MaxDeletes = &n
		return err
	})
	flags.Func("overwrite", "which names in the store may be overwritten: any, or owned, those that the key itself wrote (default: the manifest's, then any)", func(text string) error {
		return o.Overwrite.UnmarshalText([]byte(text))
	})
	flags.BoolVar(&o.PruneUnowned, "prune-unowned", false, "delete also names of which the store does not say who wrote them")
}
