package cli

import (
	"errors"
	"fmt"
	"math"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
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

// productionKey is the annotation of a flag that serve --dev does not accept.
const productionKey = "production"

func (o *productionFlags) register(flags *pflag.FlagSet, stores []storeKind) {
	o.stores = stores
	var f pflag.FlagSet
	s := section(&f, serverTitle)
	s.text(&o.store, "store", "STORE", "", "where secrets are kept: "+storeUsage(stores))
	s.text(&o.keysFile, "keys-file", "FILE", "", "TOML file of tenants and keys, which has only hashes (see keygen)")
	s.text(&o.url, "url", "URL", "", "URL at which clients reach this server, the audience of GitHub's tokens (default: what the keys file says)")
	s.text(&o.tokenSecret, "token-secret-file", "FILE", "", "file, mode 0600, that replicas share, so that each accepts the tokens that another gave to Prefect 0.9's login (default: random)")
	for _, store := range stores {
		f.AddFlagSet(store.flags)
	}
	s = section(&f, "TLS and proxies")
	s.text(&o.certificate, "tls-certificate", "FILE", "", "PEM file with the certificate, followed by its chain")
	s.text(&o.key, "tls-key", "FILE", "", "PEM file with the certificate's private key")
	s.toggle(&o.allowHTTP, "allow-http", "serve unencrypted http to other hosts, behind a proxy that does TLS")
	s.toggle(&o.forwardedFor, "trust-forwarded-for", "take the client's address from the last entry of X-Forwarded-For")
	s = section(&f, "Logs and metrics")
	s.text(&o.audit, "audit-log", "FILE", "-", "write every call to this file as JSON (default: -, standard error)")
	s.choice(&o.logLevel, "log-level", "LEVEL", "info", []string{"debug", "info", "warn", "error"}, "")
	s.choice(&o.logFormat, "log-format", "FORMAT", "text", []string{"text", "json"}, "")
	s.text(&o.metricsListen, "metrics-listen", "HOST:PORT", "", "address of /metrics and the health checks, over http (default: none)")
	s = section(&f, "Limits")
	s.number(&o.connections, "max-connections", 1024, "open connections; one more replaces the connection that has been idle longest")
	s.number(&o.requests, "max-requests", 128, "concurrent requests; more wait for their turn, and get 503 after 10 s")
	s.duration(&o.shutdownDelay, "shutdown-delay", 2*time.Second, "how long /readyz answers 503 before a stopping server accepts no more")
	s.toggle(&o.noIntrospection, "no-introspection", "refuse queries of the schema")
	f.VisitAll(func(flag *pflag.Flag) { flag.Annotations[productionKey] = []string{"true"} })
	flags.AddFlagSet(&f)
}

// check returns what is wrong with the flags, before anything is opened.
func (o serveOptions) check() error {
	host, _, err := splitAddress("--listen", o.listen)
	switch {
	case o.store == "":
		return usagef("serve needs --store %s, where secrets are kept; to try it in memory, use --dev", storeUsage(o.stores))
	case !isStore(o.stores, o.store):
		return unknownStore(o.stores, o.store)
	case o.keysFile == "":
		return usagef("serve needs --keys-file, which has tenants and keys: prefect-secrets init makes one, prefect-secrets keygen adds a key")
	case (o.certificate == "") != (o.key == ""):
		return usagef("--tls-certificate and --tls-key: give both or neither")
	case err != nil:
		return err
	case o.certificate == "" && !o.allowHTTP && !address.Loopback(host):
		return usagef("--listen: %q would serve unencrypted http to other hosts: give --tls-certificate and --tls-key, or --allow-http behind a proxy that does TLS", o.listen)
	case o.connections < 1 || o.requests < 1:
		return usagef("--max-connections and --max-requests: at least 1 each")
	case o.shutdownDelay < 0:
		return usagef("--shutdown-delay: a time must not be negative")
	}
	if o.metricsListen != "" {
		if _, _, err := splitAddress("--metrics-listen", o.metricsListen); err != nil {
			return err
		}
	}
	return checkURL(o.url)
}

// splitAddress splits the value of a flag into host and port.
func splitAddress(flag, listen string) (host, port string, err error) {
	if host, port, err = net.SplitHostPort(listen); err != nil {
		return "", "", usagef("%s: %q is not HOST:PORT", flag, listen)
	}
	if n, err := strconv.Atoi(port); err == nil && (n < 0 || n > math.MaxUint16) {
		return "", "", usagef("%s: %q has no port from 0 to %d", flag, listen, math.MaxUint16)
	}
	return host, port, nil
}

// listenError returns the error of listening at the address of a flag.
func listenError(flag, listen string, err error) error {
	text := fmt.Errorf("%s: %w", flag, err)
	if errors.Is(err, syscall.EADDRINUSE) {
		host, _, _ := net.SplitHostPort(listen)
		text = fmt.Errorf("%s: another program uses %s: %s %s takes a free port", flag, listen, flag, net.JoinHostPort(host, "0"))
	}
	return &exit.Error{Code: exit.Failed, Err: text}
}

func checkURL(text string) error {
	if text == "" {
		return nil
	}
	if u, ok := address.Absolute(text); !ok || u.User != nil {
		return usagef("--url: this is not an absolute URL: write it in full, such as https://secrets.example.com")
	}
	return nil
}
