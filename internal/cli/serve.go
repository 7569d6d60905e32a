package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
		Long: `Serve answers the secrets API for the keys and the workflows on GitHub that
--keys-file lists. The secrets are in the store that --store names. On SIGHUP, and
when their files change, it reads keys and certificate again without dropping a
request. On SIGTERM it finishes the requests in flight. docs/serve.md describes the
keys file, the audit log, the metrics and the limits.

With --dev it keeps the secrets of one tenant in memory, for tests and trials, and
makes an admin key, which can write, and a runner key, which flows read with. It
listens only on this machine and forgets everything when it stops. Tests in other
languages seed it, inject faults and read the calls under /_testkit/.`,
		Example: `# try it
prefect-secrets serve --dev

# secrets in an encrypted file, keys made by prefect-secrets init
prefect-secrets serve --store file:secrets.db --store-key-file store.key \
  --keys-file keys.toml`,
		Args: noArguments("the address is given by --listen, the store by --store"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.checkDev(cmd.Flags()); err != nil {
				return err
			}
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
	s := section(cmd.Flags(), serverTitle)
	s.toggle(&o.dev, "dev", "keep everything in memory, for tests and trials")
	s.text(&o.listen, "listen", "HOST:PORT", "127.0.0.1:4200", "address; port 0 takes a free one; with --dev only on this machine")
	s.text(&o.readyFile, "ready-file", "FILE", "", "write url, and with --dev tenant_id, admin_key and runner_key, to this file as JSON, once connections are accepted")
	s.text(&o.upstream, "upstream", "URL", "", "Prefect Server's GraphQL API, which answers everything else")
	s.toggle(&o.page, "page", "show people a read-only list of the secrets' names at / in a browser, with a planner or admin key; never a value")
	o.register(cmd.Flags(), c.storeKinds())
	return cmd
}

// browserPage returns what browsers see at /.
func (o serveOptions) browserPage() server.Page {
	return server.Page{Version: currentVersion(), List: o.page}
}

const serverTitle = "Server"

// commonVaultFlags are those of Vault that the help shows if --store does not name it.
var commonVaultFlags = []string{"vault-address", "vault-mount", "vault-prefix", "vault-auth", "vault-token-file"}

// serveFlagsShown leaves out the flags of other stores than the one that is named, if
// one is, and all that --dev does not accept.
func serveFlagsShown(cmd *cobra.Command, flags []*pflag.Flag) (shown []*pflag.Flag) {
	store, _ := cmd.Flags().GetString("store")
	dev, _ := cmd.Flags().GetBool("dev")
	kinds := (&Command{}).storeKinds()
	named, isNamed := kindOf(kinds, store)
	for _, flag := range flags {
		owner := slices.IndexFunc(kinds, func(k storeKind) bool { return k.flags.Lookup(flag.Name) != nil })
		switch {
		case dev && annotation(flag, productionKey) != "":
		case owner < 0:
			shown = append(shown, flag)
		case isNamed && named.name != kinds[owner].name:
		case !isNamed && kinds[owner].name == "vault" && !slices.Contains(commonVaultFlags, flag.Name):
		default:
			shown = append(shown, flag)
		}
	}
	return shown
}

// serveHelpEnd says how to see the flags that [serveFlagsShown] leaves out.
func serveHelpEnd(cmd *cobra.Command) string {
	store, _ := cmd.Flags().GetString("store")
	if store != "" || cmd.Flags().Changed("dev") {
		return ""
	}
	return "Run 'prefect-secrets serve --store vault --help' for all flags of that store."
}

// checkDev returns an error for a flag that --dev does not accept.
func (o serveOptions) checkDev(flags *pflag.FlagSet) (err error) {
	if !o.dev {
		return nil
	}
	flags.Visit(func(f *pflag.Flag) {
		if annotation(f, productionKey) != "" {
			err = usagef("--dev and --%s do not go together: leave one out", f.Name)
		}
	})
	return err
}
