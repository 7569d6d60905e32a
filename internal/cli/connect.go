package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// connectFlags registers the flags that say which store is meant.
func connectFlags(flags *pflag.FlagSet, o *connect.Options) {
	flags.StringVar(&o.APIURL, "api-url", "", "the secrets API; embedded is a store inside this process, embedded:PATH keeps it in an encrypted file (default: PREFECT_SECRETS_API_URL, the manifest's, then PREFECT__CLOUD__API)")
	flags.StringVar(&o.APIKeyFile, "api-key-file", "", "a file that holds the API key (default: "+strings.Join(prefect.APIKeyVariables, ", then ")+")")
	flags.StringSliceVar(&o.Tenants, "tenant", nil, "slug or id of a tenant (default: the key's own tenant)")
	flags.StringVar(&o.Dialect, "dialect", "auto", "how the API spells its fields: auto, camel or snake")
	flags.BoolVar(&o.AllowHTTP, "allow-http", false, "send key and values in clear text beyond this machine")
	storeKeyFlag(flags, &o.StoreKeyFile)
	flags.StringVar(&o.CACertificate, "ca-certificate", "", "a PEM file with the certificate authority of the API")
	flags.DurationVar(&o.Timeout, "timeout", 5*time.Minute, "how long the whole command may take")
}

// found is o with the environment, in which URL and keys are looked for.
func (c *Command) found(o connect.Options) connect.Options {
	o.Getenv = c.getenv
	return o
}

// withStore runs one command against the store that o means.
func (c *Command) withStore(ctx context.Context, o connect.Options, do func(context.Context, *connect.Connection) error) error {
	return run.WithStore(ctx, c.found(o), c.Stderr, do)
}
