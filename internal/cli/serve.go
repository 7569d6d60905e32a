package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

type serveOptions struct {
	dev       bool
	listen    string
	readyFile string
	productionFlags
	upstream string
	page     bool
}

func (c *Command) serve() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the secrets API that Prefect's clients speak to",
		Long: `Serve answers the secrets API over the store that --store names, for the keys,
and the workflows on GitHub, that --keys-file lists. On SIGHUP, and when their
files change, it takes new keys and a new certificate without dropping a request.
On SIGTERM it finishes what is in flight. docs/serve.md describes the keys file,
the audit log, the metrics and the limits.

Serve --dev keeps the secrets of one tenant in memory, for tests and trials, and
makes an admin key, which writes, and a runner key, which a flow run reads with.
It listens on this machine alone and forgets everything when it stops. Tests in
other languages seed it, inject faults and read the calls under /_testkit/.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkStoreFlags(cmd.Flags(), o.stores, o.store); err != nil {
				return err
			}
			if o.page && o.upstream != "" {
				return errors.New("--page: there is no page with --upstream: leave one of them out")
			}
			if o.dev {
				return c.serveDev(cmd.Context(), o)
			}
			return c.serveProduction(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.dev, "dev", false, "keep everything in memory, for tests and trials")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:4200", "HOST:PORT; port 0 takes a free one; with --dev on this machine alone")
	cmd.Flags().StringVar(&o.readyFile, "ready-file", "", "write url, and with --dev tenant_id, admin_key and runner_key, to this file as JSON, once connections are accepted")
	upstreamFlag(cmd, &o.upstream)
	cmd.Flags().BoolVar(&o.page, "page", false, "show people a read-only list of the secrets' names at / in a browser, with a planner or admin key; never a value")
	o.register(cmd, c.storeKinds())
	return cmd
}

// browserPage returns what browsers see at /.
func (o serveOptions) browserPage() server.Page {
	return server.Page{Version: currentVersion(), List: o.page}
}
