package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// connectFlags registers the flags that choose the store and the key.
func connectFlags(flags *pflag.FlagSet, o *connect.Options) {
	s := section(flags, storeTitle)
	s.text(&o.APIURL, "api-url", "URL", "", "secrets API; embedded is a store inside this process, embedded:PATH keeps it in an encrypted file (default: PREFECT_SECRETS_API_URL, the manifest's, then PREFECT__CLOUD__API)")
	s.text(&o.APIKeyFile, "api-key-file", "FILE", "", "file with the API key (default: "+strings.Join(apikey.Variables, ", then ")+")")
	s.list(&o.Tenants, "tenant", "TENANT", "slug or id of a tenant (default: the key's own tenant)")
	s.choice(&o.Dialect, "dialect", "DIALECT", "auto", []string{"auto", "camel", "snake"}, ": how the API spells its fields")
	s.toggle(&o.AllowHTTP, "allow-http", "allow unencrypted http to other hosts")
	storeKeyFlag(s, &o.StoreKeyFile)
	s.text(&o.CACertificate, "ca-certificate", "FILE", "", "PEM file with the certificate authority of the API")
	s.duration(&o.Timeout, "timeout", 5*time.Minute, "how long the whole command may take")
}

// environmentFlag registers the flag that names the store by an environment.
func environmentFlag(flags *pflag.FlagSet, o *connect.Options) {
	section(flags, storeTitle).text(&o.Environment, "environment", "NAME", "", "manifest environment that names the store and the tenant (default: top-level settings only)")
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

// withClient is withStore for a command that writes to a store of the default kind alone.
func (c *Command) withClient(ctx context.Context, o connect.Options, use func(context.Context, *connect.Connection) error) error {
	return c.withStore(ctx, o, func(ctx context.Context, conn *connect.Connection) error {
		if conn.Client == nil {
			return fmt.Errorf("set and delete do not write to a store of kind %q, which the manifest names: use sync", conn.Kind)
		}
		return use(ctx, conn)
	})
}

// sourceFlags are the flags that say where values come from, by the sources' names.
type sourceFlags struct {
	files   map[string]*string   // sources that take one file
	names   map[string]*[]string // all others
	version string
}

func (o *sourceFlags) register(flags *pflag.FlagSet) {
	o.files, o.names = map[string]*string{}, map[string]*[]string{}
	section := section(flags, sourcesTitle)
	for _, s := range sources.Table {
		switch {
		case s.Flag == "":
		case s.Takes == sources.Path:
			o.files[s.Name] = new(string)
			section.text(o.files[s.Name], s.Name, "FILE", "", s.Flag)
		case s.Takes == sources.Paths:
			o.names[s.Name] = new([]string)
			section.repeated(o.names[s.Name], s.Name, "FILE", s.Flag)
		default:
			o.names[s.Name] = new([]string)
			section.list(o.names[s.Name], s.Name, "GLOB", s.Flag)
		}
	}
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

// overwriteChoices are the values of --overwrite.
var overwriteChoices = []string{string(secretsync.OverwriteAny), string(secretsync.OverwriteOwned)}

// ruleFlags registers the flags that say which secrets to sync and under which names.
func ruleFlags(flags *pflag.FlagSet, o *run.Rules) {
	mapping := section(flags, mappingTitle)
	mapping.list(&o.Include, "include", "GLOB", "CI names that go into the store, in place of the manifest's include")
	mapping.list(&o.Exclude, "exclude", "GLOB", "CI names that stay out; wins over everything")
	mapping.repeated(&o.Names, "name", "DEST=SOURCE", "write the CI secret SOURCE to the store as DEST")
	mapping.repeated(&o.Formats, "format-of", "DEST=FORMAT", "send DEST as auto, string, json or raw")
	mapping.repeated(&o.Required, "require", "DEST", "fail if this name in the store would have no value")
	prune := section(flags, pruneTitle)
	prune.parsed("overwrite", "WHICH", "which names in the store may be overwritten: any, or owned, those that the key itself wrote (default: the manifest's, then any)", func(text string) error {
		if err := o.Overwrite.UnmarshalText([]byte(text)); err != nil {
			return errors.New(nearest.Hint(strings.ToLower(text), overwriteChoices, "use "+orList(overwriteChoices)))
		}
		return nil
	})
	prune.list(&o.PruneScope, "prune-scope", "GLOB", "delete stored names that match and that no source has")
	prune.parsed("max-deletes", "N", "fail if the plan deletes more names (default: the manifest's, then 5)", func(text string) error {
		n, err := strconv.Atoi(text)
		if errors.Is(err, strconv.ErrRange) {
			return numberError(err)
		}
		if err != nil {
			return errors.New(expectedValues["int"])
		}
		o.MaxDeletes = &n
		return nil
	})
	prune.toggle(&o.PruneUnowned, "prune-unowned", "also delete names whose author the store does not know")
}
