package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// productionFlags are those that serve has without --dev.
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

// check finds what is wrong with the flags alone.
func (o serveOptions) check() error {
	host, _, err := net.SplitHostPort(o.listen)
	switch {
	case o.store == "":
		return fmt.Errorf("serve needs to know where secrets are kept: give --store %s; for a trial in memory with keys of its own say --dev", storeUsage(o.stores))
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

// log is the server's own log, within bounds whatever clients do.
func (c *Command) log(o productionFlags) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is none: use debug, info, warn or error", o.logLevel)
	}
	options := &slog.HandlerOptions{Level: level}
	switch o.logFormat {
	case "text":
		return server.SpareLog(slog.New(slog.NewTextHandler(c.Stderr, options))), nil
	case "json":
		return server.SpareLog(slog.New(slog.NewJSONHandler(c.Stderr, options))), nil
	}
	return nil, fmt.Errorf("--log-format: %q is none: use text or json", o.logFormat)
}

func (c *Command) audit(path string) (*server.Audit, error) {
	if path == "-" {
		return server.NewAudit(c.Stderr, time.Now), nil
	}
	a, err := server.OpenAudit(path, time.Now)
	if err != nil {
		return nil, fmt.Errorf("--audit-log: %w", err)
	}
	return a, nil
}

// oneByOne lets the log and the audit log share a stream.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *lockedWriter) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(p)
}

// serveProduction serves until ctx ends.
func (c *Command) serveProduction(ctx context.Context, o serveOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	c.Stderr = &lockedWriter{w: c.Stderr}
	log, err := c.log(o.productionFlags)
	if err != nil {
		return err
	}
	audit, err := c.audit(o.audit)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, audit.Close()) }()
	store, err := o.openStore(ctx, log)
	if err != nil {
		return err
	}
	secret, err := readTokenSecret(o.tokenSecret)
	if err != nil {
		return err
	}
	s, err := server.New(server.Config{
		Store: store.Store, Parallel: store.parallel, Routes: store.routes, KeysFile: o.keysFile, URL: o.url, CertificateFile: o.certificate, CertificateKey: o.key,
		Audit: audit, Log: log, Now: time.Now, MaxConnections: o.connections, MaxRequests: o.requests, Memory: server.LimitMemory(os.DirFS("/")),
		TokenSecret: secret, NoIntrospection: o.noIntrospection, Wrap: upstreamWrapper(o.upstream, log), TrustForwardedFor: o.forwardedFor, ShutdownDelay: o.shutdownDelay,
	})
	if err != nil {
		return err
	}
	return c.listenAndServe(ctx, o, s, log)
}

// listenAndServe opens the addresses, says so, and reloads on SIGHUP.
func (c *Command) listenAndServe(ctx context.Context, o serveOptions, s *server.Server, log *slog.Logger) error {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("--listen: %w", err)}
	}
	defer listener.Close()
	var metrics net.Listener
	if o.metricsListen != "" {
		if metrics, err = net.Listen("tcp", o.metricsListen); err != nil {
			return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("--metrics-listen: %w", err)}
		}
		defer metrics.Close()
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer func() { signal.Stop(hangups); close(hangups) }()
	go func() {
		for range hangups {
			s.Reload()
		}
	}()
	if err := o.announce(s, listener, metrics, log); err != nil {
		return err
	}
	if err := s.Serve(ctx, listener, metrics); err != nil {
		return &exit.Error{Code: exit.Failed, Err: err}
	}
	log.Info("stopped")
	return nil
}

// announce says where the server listens, in the log and in the ready-file.
func (o serveOptions) announce(s *server.Server, listener, metrics net.Listener, log *slog.Logger) error {
	r := ready{URL: "http://" + listener.Addr().String()}
	if s.TLS() {
		r.URL = "https://" + listener.Addr().String()
	}
	attrs := []any{"url", r.URL, "store", o.store}
	if metrics != nil {
		r.MetricsURL = "http://" + metrics.Addr().String() + "/metrics"
		attrs = append(attrs, "metrics", r.MetricsURL)
	}
	log.Info("serving the secrets API", attrs...)
	if o.readyFile == "" {
		return nil
	}
	if err := r.write(o.readyFile); err != nil {
		return fmt.Errorf("--ready-file: %w", err)
	}
	return nil
}

// minSecret is 256 bits in hexadecimal digits, in bytes.
const minTokenSecret = 64

// readSecret reads the secret that replicas share, nil where no file is named. No
// error holds any of it.
func readTokenSecret(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("--token-secret-file: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("--token-secret-file: others may read %s: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--token-secret-file: %w", err)
	}
	if text = bytes.TrimSpace(text); len(text) < minTokenSecret {
		return nil, errors.New("--token-secret-file: it is too short to be random: openssl rand -hex 32 makes one")
	}
	return text, nil
}
