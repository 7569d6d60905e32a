package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
)

// Bounds on one connection of the server.
const (
	readHeaderTimeout = 10 * time.Second
	requestTimeout    = 30 * time.Second // reading the request
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 10 * time.Second // for what is in flight when the server is stopped
)

type serveOptions struct {
	dev       bool
	listen    string
	readyFile string
	productionFlags
	upstream string
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
			return c.runServe(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.dev, "dev", false, "keep everything in memory, for tests and trials")
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:4200", "HOST:PORT; port 0 takes a free one; with --dev on this machine alone")
	cmd.Flags().StringVar(&o.readyFile, "ready-file", "", "write url, and with --dev tenant_id, admin_key and runner_key, to this file as JSON, once connections are accepted")
	upstreamFlag(cmd, &o.upstream)
	o.register(cmd, c.storeKinds())
	return cmd
}

func (c *Command) runServe(ctx context.Context, o serveOptions) error {
	if !o.dev {
		return c.serveProduction(ctx, o)
	}
	if err := checkLoopback(o.listen); err != nil {
		return err
	}
	f, err := fake.New(fake.Config{Tenant: "dev", Record: true})
	if err != nil {
		return err
	}
	handler, err := c.devHandler(f, o.upstream)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("--listen: %w", err)}
	}
	// No time limits the answer: a fault may delay it as long as a test wants.
	server := &http.Server{
		Handler: c.withoutPanics(handler), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: requestTimeout, IdleTimeout: idleTimeout,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := c.announceDev(o, f, "http://"+listener.Addr().String()); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-served:
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("serving: %w", err)}
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return &exit.Error{Code: exit.Failed, Err: fmt.Errorf("stopping: %w", err)}
	}
	_, err = fmt.Fprintln(c.Stdout, "stopped")
	return err
}

// withoutPanics ends a request that panics with 500. What the panic says may hold
// anything, and net/http would print it.
func (c *Command) withoutPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			recovered := recover()
			if recovered == http.ErrAbortHandler {
				panic(recovered)
			}
			if e := panics.Of(recovered); e != nil {
				fmt.Fprintln(c.Stderr, "a request ended in a panic:", e)
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// checkLoopback refuses an address that other machines could reach.
func checkLoopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("--listen: %q is not HOST:PORT", listen)
	}
	if !address.Loopback(host) {
		return fmt.Errorf("--listen: serve --dev is for this machine alone: use 127.0.0.1 in place of %q", host)
	}
	return nil
}

// ready is what --ready-file holds.
type ready struct {
	URL        string `json:"url"` // without a path
	TenantID   string `json:"tenant_id,omitempty"`
	AdminKey   string `json:"admin_key,omitempty"`
	RunnerKey  string `json:"runner_key,omitempty"`
	MetricsURL string `json:"metrics_url,omitempty"`
}

// announce says how to use the server. The keys are shown where there is no
// ready-file to hold them: they are made for this process and end with it.
func (c *Command) announceDev(o serveOptions, f *fake.Fake, url string) error {
	r := ready{URL: url, TenantID: f.Tenant.ID, AdminKey: f.AdminKey, RunnerKey: f.RunnerKey}
	admin, runner := r.AdminKey, r.RunnerKey
	if o.readyFile != "" {
		if err := r.write(o.readyFile); err != nil {
			return fmt.Errorf("--ready-file: %w", err)
		}
		admin, runner = "(admin_key in "+o.readyFile+")", "(runner_key in "+o.readyFile+")"
	}
	_, err := fmt.Fprintf(c.Stdout, `serving the secrets API at %s, in memory, until stopped

write from here:
  PREFECT_SECRETS_API_KEY=%s prefect-secrets sync --api-url %s --secrets-file secrets.json
read in a flow run (Prefect 0.15 to 1.4):
  PREFECT__BACKEND=cloud PREFECT__CLOUD__USE_LOCAL_SECRETS=false \
  PREFECT__CLOUD__API=%s PREFECT__CLOUD__API_KEY=%s python flow.py
`, r.URL, admin, r.URL, r.URL, runner)
	return err
}

// write puts r where a reader sees it whole or not at all.
func (r ready) write(path string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".ready-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(append(data, '\n'))
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
