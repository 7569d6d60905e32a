package cli

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

// productionFlags are the flags that serve --dev does not accept.
type productionFlags struct {
	store, keysFile, url       string
	certificate, key           string
	allowHTTP, forwardedFor    bool
	audit, logLevel, logFormat string
	metricsListen              string
	connections, requests      int
	shutdownDelay              time.Duration
	noIntrospection            bool
	tokenSecret                string
	stores                     []storeKind
}

func (o *productionFlags) register(cmd *cobra.Command, stores []storeKind) {
	o.stores = stores
	var f pflag.FlagSet
	f.StringVar(&o.store, "store", "", "where secrets are kept: "+storeUsage(stores))
	f.StringVar(&o.keysFile, "keys-file", "", "TOML file of tenants and keys, which holds hashes only (see keygen)")
	f.StringVar(&o.url, "url", "", "URL at which clients reach this server, the audience of GitHub's tokens; default: what the keys file says")
	f.StringVar(&o.certificate, "tls-certificate", "", "PEM file of the certificate, its chain behind it")
	f.StringVar(&o.key, "tls-key", "", "PEM file of the certificate's private key")
	f.BoolVar(&o.allowHTTP, "allow-http", false, "serve plain http beyond loopback, behind something that does TLS")
	f.BoolVar(&o.forwardedFor, "trust-forwarded-for", false, "take the client's address from the last entry of X-Forwarded-For")
	f.StringVar(&o.audit, "audit-log", "-", "file that every call is written to as JSON; - is standard error")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&o.logFormat, "log-format", "text", "text or json")
	f.StringVar(&o.metricsListen, "metrics-listen", "", "HOST:PORT for /metrics and the health, plain http; default: none")
	f.IntVar(&o.connections, "max-connections", 1024, "open connections; a further one takes the place of the longest idle one")
	f.IntVar(&o.requests, "max-requests", 128, "requests in work; further ones wait for their turn, and get 503 if it does not come in 10 s")
	f.DurationVar(&o.shutdownDelay, "shutdown-delay", 2*time.Second, "how long /readyz says 503 before a stopping server accepts no more")
	f.BoolVar(&o.noIntrospection, "no-introspection", false, "refuse questions about the schema")
	f.StringVar(&o.tokenSecret, "token-secret-file", "", "a file, mode 0600, that replicas share, so that each accepts the tokens that another gave to Prefect 0.9's login; default: random")
	for _, store := range stores {
		f.AddFlagSet(store.flags)
	}
	cmd.Flags().AddFlagSet(&f)
	f.VisitAll(func(flag *pflag.Flag) { cmd.MarkFlagsMutuallyExclusive("dev", flag.Name) })
	cmd.MarkFlagsRequiredTogether("tls-certificate", "tls-key")
}

// check returns what is wrong with the flags, before anything is opened.
func (o serveOptions) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	switch {
	case o.store == "":
		return fmt.Errorf("serve needs to know where secrets are kept: give --store %s; for a trial in memory with keys of its own say --dev", storeUsage(o.stores))
	case !isStore(o.stores, o.store):
		return unknownStore(o.stores, o.store)
	case o.keysFile == "":
		return errors.New("serve needs --keys-file, which says who may ask for what: prefect-secrets keygen prints a key and the lines for it")
	case err != nil:
		return fmt.Errorf("--listen: %q is not HOST:PORT", o.listen)
	case o.certificate == "" && !o.allowHTTP && !address.Loopback(host):
		return fmt.Errorf("--listen: %q would be plain http for other machines: give --tls-certificate and --tls-key, or --allow-http behind something that does TLS", o.listen)
	case o.connections < 1 || o.requests < 1:
		return errors.New("--max-connections and --max-requests: at least 1 each")
	case o.shutdownDelay < 0:
		return errors.New("--shutdown-delay: a time must not be negative")
	}
	return checkURL(o.url)
}

func checkURL(text string) error {
	if text == "" {
		return nil
	}
	if u, ok := address.Absolute(text); !ok || u.User != nil {
		return errors.New("--url: this is not an absolute URL: write the whole of it, such as https://secrets.example.com")
	}
	return nil
}
