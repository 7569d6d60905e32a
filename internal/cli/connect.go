package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
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

// connect opens the store that o means, or the manifest, until the command ends.
func (c *Command) connect(o connect.Options, manifestURL string) (*connect.Connection, error) {
	o.Getenv = c.getenv
	conn, err := connect.Open(o, manifestURL)
	if conn != nil {
		c.atEnd = append(c.atEnd, conn.Close)
	}
	return conn, err
}

// withStore runs one command against the store that o means, within its timeout.
func (c *Command) withStore(ctx context.Context, o connect.Options, run func(context.Context, *connect.Connection) error) error {
	manifest, err := readManifest("", c.showOnStderr)
	if err != nil {
		return err
	}
	conn, err := c.connect(o, manifest.APIURL)
	if err != nil {
		return err
	}
	if conn.URL == connect.Embedded {
		return errors.New("the embedded store begins empty and ends with this process: give the URL of a store, or embedded:PATH to keep it in a file")
	}
	if err := c.tellAmbiguous(conn); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if err := conn.Choose(ctx, o.Tenants); err != nil {
		return err
	}
	return run(ctx, conn)
}

// tellAmbiguous says where key and URL are from, if several places have one, for what
// prints nothing else beside its result.
func (c *Command) tellAmbiguous(conn *connect.Connection) error {
	if !conn.Ambiguous {
		return nil
	}
	return report.OriginText(c.Stderr, conn.KeyFrom, conn.URLFrom)
}
