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
	"sync"
	"syscall"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// serveProduction serves until ctx ends.
func (c *Command) serveProduction(ctx context.Context, o serveOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	c.Stderr = &lockedWriter{w: c.Stderr}
	log, err := c.newLog(o.productionFlags)
	if err != nil {
		return err
	}
	audit, err := c.openAudit(o.audit)
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
		Store: store.Store, Parallel: store.parallel, Routes: store.routes,
		KeysFile: o.keysFile, URL: o.url, CertificateFile: o.certificate, CertificateKey: o.key,
		Audit: audit, Log: log, Now: time.Now,
		MaxConnections: o.connections, MaxRequests: o.requests, Memory: server.LimitMemory(os.DirFS("/")),
		TokenSecret: secret, NoIntrospection: o.noIntrospection, TrustForwardedFor: o.forwardedFor,
		Wrap: upstreamWrapper(o.upstream, log), Page: o.browserPage(), ShutdownDelay: o.shutdownDelay,
	})
	if err != nil {
		return err
	}
	return c.listenAndServe(ctx, o, s, log)
}

// listenAndServe listens, announces the addresses, and reloads on SIGHUP until ctx
// ends.
func (c *Command) listenAndServe(ctx context.Context, o serveOptions, s *server.Server, log *slog.Logger) error {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return listenError("--listen", o.listen, err)
	}
	defer listener.Close()
	var metrics net.Listener
	if o.metricsListen != "" {
		if metrics, err = net.Listen("tcp", o.metricsListen); err != nil {
			return listenError("--metrics-listen", o.metricsListen, err)
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

// newLog returns the server's own log, whose length clients cannot drive up.
func (c *Command) newLog(o productionFlags) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil {
		return nil, usagef("invalid --log-level %q: use debug, info, warn or error", o.logLevel)
	}
	options := &slog.HandlerOptions{Level: level}
	switch o.logFormat {
	case "text":
		return server.LimitLog(slog.New(slog.NewTextHandler(c.Stderr, options))), nil
	case "json":
		return server.LimitLog(slog.New(slog.NewJSONHandler(c.Stderr, options))), nil
	}
	return nil, usagef("invalid --log-format %q: use text or json", o.logFormat)
}

func (c *Command) openAudit(path string) (*server.Audit, error) {
	if path == "-" {
		return server.NewAudit(c.Stderr, time.Now), nil
	}
	a, err := server.OpenAudit(path, time.Now)
	if err != nil {
		return nil, fmt.Errorf("--audit-log: %w", err)
	}
	return a, nil
}

// lockedWriter lets the log and the audit log share a stream.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// minTokenSecret is the length of 256 bits in hexadecimal digits, in bytes.
const minTokenSecret = 64

// maxTokenSecret bounds what is read of the file, in bytes.
const maxTokenSecret = 64 << 10

// readTokenSecret reads the secret that replicas share, or returns nil if path is
// empty. No error holds any of it.
func readTokenSecret(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := privatefile.Read(path, maxTokenSecret)
	if err != nil {
		return nil, fmt.Errorf("--token-secret-file: %w", err)
	}
	if text = bytes.TrimSpace(text); len(text) < minTokenSecret {
		return nil, errors.New("--token-secret-file: it is too short to be random: openssl rand -hex 32 makes one")
	}
	return text, nil
}
