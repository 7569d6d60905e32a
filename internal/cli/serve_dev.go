package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// Limits on one connection of serve --dev.
const (
	readHeaderTimeout = 10 * time.Second
	requestTimeout    = 30 * time.Second // to read the request
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 10 * time.Second // for requests in flight when the server stops
)

// serveDev serves a store in memory until ctx ends.
func (c *Command) serveDev(ctx context.Context, o serveOptions) error {
	if err := checkLoopback(o.listen); err != nil {
		return err
	}
	f, err := fake.New(fake.Config{Tenant: "dev", Record: true})
	if err != nil {
		return err
	}
	handler, err := c.devHandler(f, o)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return listenError("--listen", o.listen, err)
	}
	// There is no timeout for the answer: a fault may delay it for as long as a test
	// wants.
	server := &http.Server{
		Handler: c.withoutPanics(handler), ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout: requestTimeout, IdleTimeout: idleTimeout,
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

// withoutPanics answers a request that panics with status 500. net/http would print
// the panic's value, which may hold a secret.
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
	host, port, err := splitAddress("--listen", listen)
	if err != nil {
		return err
	}
	if !address.Loopback(host) {
		return fmt.Errorf("--listen: serve --dev is for this machine alone: use %s", net.JoinHostPort("127.0.0.1", port))
	}
	return nil
}

// devHandler serves the API of f, with the page or, if there is one, the upstream
// before it, the control endpoints of f, and the health.
func (c *Command) devHandler(f *fake.Fake, o serveOptions) (http.Handler, error) {
	api := server.WithPage(f.API, o.browserPage())
	if o.upstream != "" {
		var err error
		api, err = newUpstream(f.API, o.upstream, func(err error) {
			_, _ = fmt.Fprintf(c.Stderr, "warning: upstream: %v\n", err)
		})
		if err != nil {
			return nil, err
		}
	}
	return server.WithHealth(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, fake.Prefix) {
			f.Handler().ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})), nil
}
