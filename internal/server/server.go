// Package server is the secrets API in production: one http.Server around a
// [cloud.API], with keys from a file, tokens of GitHub Actions, TLS, an audit log,
// metrics, health checks, and limits on what clients can use.
//
// [New] makes a [Server] and reads its keys file. [Server.Serve] runs until its
// context ends. The server keeps no state of its own: any number of servers can share
// one store.
//
// mount.go shows the order of the handlers that a request passes, bounds.go shares turns
// and memory among keys, and httpserver.go has the timeouts of a connection.
package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Config describes a server.
type Config struct {
	// Store keeps the secrets. Required. The server does not close it.
	Store cloud.Store
	// Parallel bounds how many writes of one document, to different secrets, are in
	// the store at once. Zero means one. A store that commits writes together gains from more,
	// and so does one across a network.
	Parallel int
	// KeysFile is the path of the keys file. Required.
	KeysFile string
	// URL is where clients reach the server, the audience of GitHub's tokens; empty
	// means the URL in the keys file.
	URL string
	// CertificateFile and CertificateKey are PEM files; without both there is no TLS.
	CertificateFile, CertificateKey string
	// TokenSecret goes into the tokens that switchTenant makes. Servers that are to
	// accept each other's tokens have the same one. Empty means a random one: tokens
	// then end with the process and are valid at no other server.
	TokenSecret []byte
	// NoIntrospection refuses __schema and __type.
	NoIntrospection bool
	// Audit is where every call is written before its answer goes out. Required.
	Audit *Audit
	// Log is the server's own log. Pass it through [LimitLog] where clients are not
	// trusted. Required.
	Log *slog.Logger
	// Now returns the time. Required.
	Now func() time.Time
	// Wrap returns a handler around the API, which answers some requests itself and
	// calls the API for the rest. It runs within the server's bounds. Nil means the
	// API and the Page. [New] returns its error.
	Wrap func(api *cloud.API) (http.Handler, error)
	// Page is what browsers see at /, if there is no Wrap.
	Page Page
	// Routes, if set, returns further handlers, by pattern of http.ServeMux. They are
	// bounded like the API, but may take ten minutes. Each decides itself who may use
	// it, such as by [Server.AllowsBackup].
	Routes func(s *Server) map[string]http.Handler
	// MaxConnections bounds open connections; 0 means 1,024. A further connection
	// replaces the one that has been silent longest. If all have a request in
	// progress it waits to be accepted.
	MaxConnections int
	// MaxRequests bounds requests in progress; 0 means 128. Further ones wait for
	// their turn and are answered 503 if it does not come in time.
	MaxRequests int
	// Memory is how many bytes the process may use; 0 means 1 GiB. The bounds on what
	// requests may hold follow from it, and there is at most one request in progress
	// for each 2 MiB.
	Memory int64
	// TrustForwardedFor takes the client's address from the last entry of
	// X-Forwarded-For, which the proxy in front must set.
	TrustForwardedFor bool
	// Poll is how often files are checked for changes; 0 means 5 s.
	Poll time.Duration
	// ShutdownDelay is how long /readyz says 503 before the server stops accepting.
	ShutdownDelay time.Duration
	// ShutdownTimeout bounds the requests in progress at the end; 0 means 30 s.
	ShutdownTimeout time.Duration
	// Transport carries requests to issuers; nil means http.DefaultTransport.
	Transport http.RoundTripper

	timeouts timeouts // zero means the constants
	// connState is called after the server's own, in tests.
	connState func(net.Conn, http.ConnState)
}

// Server answers the secrets API. Make it with [New].
type Server struct {
	config    Config
	api       *cloud.API
	github    *gitHubAuth
	meter     *meter
	health    *health
	keys      *reloader
	cert      *certificate // nil without TLS
	bounds    *bounds
	sensitive []*sensitiveFile
	slugs     slugs
	reload    chan struct{}
	handler   http.Handler
}

// New reads the keys file and the certificate and makes a server of them. Its errors
// hold no key and no value.
func New(c Config) (*Server, error) {
	if c.Store == nil || c.Audit == nil || c.Log == nil || c.Now == nil {
		return nil, errors.New("a server needs a store, an audit log, a log and a clock")
	}
	if len(c.TokenSecret) == 0 {
		c.TokenSecret = []byte(rand.Text())
	}
	s := &Server{config: c, reload: make(chan struct{}, 1), meter: newMeter()}
	s.bounds = newBounds(c, s.meter)
	s.meter.addBoundsGauges(s.bounds)
	s.meter.addReloadGauges(s)
	s.github = newGitHubAuth(c, s.meter)
	s.health = newHealth(c.Store, c.Now)
	s.sensitive = []*sensitiveFile{{what: reloadKeys, path: c.KeysFile}, {what: reloadAudit, path: c.Audit.path}}
	s.meter.addFileGauges(s.sensitive)
	c.Audit.meter = s.meter
	if err := s.openAPI(); err != nil {
		return nil, err
	}
	if c.CertificateFile != "" {
		var err error
		if s.cert, err = openCertificate(c.CertificateFile, c.CertificateKey); err != nil {
			return nil, err
		}
	}
	var err error
	s.handler, err = s.mount()
	s.checkFiles()
	return s, err
}

// openAPI reads the keys file and makes the API with its keys.
func (s *Server) openAPI() error {
	s.keys = &reloader{files: []string{s.config.KeysFile}}
	texts, _, err := s.keys.read()
	if err != nil {
		return fmt.Errorf("reading keys file: %w", err)
	}
	keyring, err := s.parseKeys([]byte(texts[0]))
	if err != nil {
		return err
	}
	s.api, err = cloud.New(cloud.Config{
		Store:           meteredStore{s.config.Store, s.meter},
		Tenants:         keyring.Tenants,
		Keys:            keyring.Keys,
		Now:             s.config.Now,
		Parallel:        s.config.Parallel,
		TokenSecret:     s.config.TokenSecret,
		NoIntrospection: s.config.NoIntrospection,
		Authenticate:    gitHubKeyOf,
		OnAuthenticated: func(ctx context.Context) { requestOf(ctx).authenticated = true },
		OnCall:          s.onCall,
		OnError:         s.onError,
		Bounds:          s.bounds,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", s.config.KeysFile, err)
	}
	s.useKeyring(keyring)
	return nil
}

// Handler returns the handler of everything on the server's main address.
func (s *Server) Handler() http.Handler { return s.handler }

// TLS reports whether the server has a certificate.
func (s *Server) TLS() bool { return s.cert != nil }

// Serve answers on the listener until ctx ends. Then /readyz says 503 for
// ShutdownDelay, requests in progress have ShutdownTimeout to finish, and the rest
// are cut off. It returns nil if none were. On metrics, if that is not nil, it
// answers /metrics, /healthz and /readyz until the very end.
func (s *Server) Serve(ctx context.Context, listener, metrics net.Listener) error {
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go s.watchFiles(watching)
	if metrics != nil {
		server := s.httpServer(s.metricsHandler())
		defer server.Close()
		go func() { _ = server.Serve(headerListener{s.limitConns(metrics, 64, new(atomic.Int64))}) }()
	}
	limit := cmp.Or(s.config.MaxConnections, 1024)
	conns := s.limitConns(sendBufferListener{listener}, limit, &s.meter.connections)
	server := s.httpServer(s.handler)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(headerListener{s.secure(conns)}) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		return s.shutdown(server)
	}
}

// shutdown reports the server as not ready before it stops accepting, so that load
// balancers have turned elsewhere by then.
func (s *Server) shutdown(server *http.Server) error {
	s.health.stopping.Store(true)
	s.config.Log.Info("stopping", "delay", s.config.ShutdownDelay)
	time.Sleep(s.config.ShutdownDelay)
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(s.config.ShutdownTimeout, requestTimeout))
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("stopping: requests were cut off: %w", err), server.Close())
	}
	return nil
}
