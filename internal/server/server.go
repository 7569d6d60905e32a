// Package server is the secrets API in production: one http.Server around a
// [cloud.API], with keys from a file, tokens of GitHub Actions, TLS, an audit
// log, metrics, health, and bounds on what a client can take.
//
// [New] makes a [Server] and reads its keys file, and [Server.Serve] runs until its
// context ends. The server keeps no state: any number of them can stand before one
// store.
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
	// Parallel is as of [cloud.Config].
	Parallel int
	// KeysFile is the path of the keys file. Required.
	KeysFile string
	// URL is where clients reach the server, the audience of GitHub's tokens; empty
	// means what the keys file says.
	URL string
	// CertificateFile and CertificateKey are PEM files; without both there is no TLS.
	CertificateFile, CertificateKey string
	// TokenSecret is as of [cloud.Config]; empty means a random one, so that tokens
	// end with the process and count at no other.
	TokenSecret []byte
	// NoIntrospection is as of [cloud.Config].
	NoIntrospection bool
	// Audit is where every call is written before its answer goes out. Required.
	Audit *Audit
	// Log is the server's own log, a [LimitLog] where clients are not trusted. Required.
	Log *slog.Logger
	// Now tells the time. Required.
	Now func() time.Time
	// Wrap stands between the bounds of the server and the API, for what answers
	// some requests in the API's place: it gets the API and calls it for the rest.
	// Nil means the API alone. [New] returns its error.
	Wrap func(api *cloud.API) (http.Handler, error)
	// Routes, if set, gives handlers beside the API, by pattern of http.ServeMux.
	// They are bounded like it, but may take ten minutes, and each asks for itself
	// who may use it, such as by [Server.AllowsBackup].
	Routes func(s *Server) map[string]http.Handler
	// MaxConnections bounds open connections; 0 means 1,024. A further one takes the
	// place of the one that has sent nothing for the longest time, and waits to be
	// accepted where all have a request in work.
	MaxConnections int
	// MaxRequests bounds requests in work; 0 means 128. Further ones wait for their
	// turn and are answered 503 if it does not come in time.
	MaxRequests int
	// Memory is how many bytes the process may take; 0 means 1 GiB. What requests may
	// hold follows from it, and there is at most one in work for each 2 MiB.
	Memory int64
	// TrustForwardedFor takes the client's address from the last entry of
	// X-Forwarded-For, which whoever is in front must set.
	TrustForwardedFor bool
	// Poll is how often files are looked at for changes; 0 means 5 s.
	Poll time.Duration
	// ShutdownDelay is how long /readyz says 503 before the server stops accepting.
	ShutdownDelay time.Duration
	// ShutdownTimeout bounds what is in flight at the end; 0 means [requestTimeout].
	ShutdownTimeout time.Duration
	// Transport carries questions to issuers; nil means http.DefaultTransport.
	Transport http.RoundTripper

	timeouts timeouts // zero means the constants
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

// New reads the keys file and the certificate and makes a server of them. Its
// errors hold no key and no value.
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

// openAPI makes the API with what the keys file says now.
func (s *Server) openAPI() error {
	s.keys = &reloader{files: []string{s.config.KeysFile}}
	texts, _, err := s.keys.read()
	if err != nil {
		return fmt.Errorf("reading keys file: %w", err)
	}
	access, err := s.parseKeys([]byte(texts[0]))
	if err != nil {
		return err
	}
	s.api, err = cloud.New(cloud.Config{
		Store:   meteredStore{s.config.Store, s.meter},
		Tenants: access.Tenants, Keys: access.Keys, Now: s.config.Now,
		Parallel: s.config.Parallel, TokenSecret: s.config.TokenSecret, NoIntrospection: s.config.NoIntrospection,
		Authenticate: gitHubKeyOf, OnKnown: func(ctx context.Context) { requestOf(ctx).authenticated = true },
		OnCall: s.onCall, OnError: s.onError, Bounds: s.bounds,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", s.config.KeysFile, err)
	}
	s.useKeyring(access)
	return nil
}

// Handler is all that the server answers on its main address.
func (s *Server) Handler() http.Handler { return s.handler }

// TLS reports whether the server has a certificate.
func (s *Server) TLS() bool { return s.cert != nil }

// Serve answers on the listener until ctx ends: then /readyz says 503 for
// ShutdownDelay, what is in flight is finished within ShutdownTimeout, and the
// rest is cut off. It returns nil if nothing was. Metrics, if not nil, is a
// listener for what [Server.metricsHandler] answers, until the very end.
func (s *Server) Serve(ctx context.Context, listener, metrics net.Listener) error {
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go s.watchFiles(watching)
	if metrics != nil {
		aside := s.httpServer(s.metricsHandler())
		defer aside.Close()
		go func() { _ = aside.Serve(headerListener{s.limitConns(metrics, 64, new(atomic.Int64))}) }()
	}
	server := s.httpServer(s.handler)
	failed := make(chan error, 1)
	go func() {
		failed <- server.Serve(headerListener{s.secure(s.limitConns(sendBufferListener{listener}, cmp.Or(s.config.MaxConnections, 1024), &s.meter.connections))})
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		return s.shutdown(server)
	}
}

func (s *Server) limitConns(l net.Listener, limit int, open *atomic.Int64) *limitListener {
	return newLimitListener(l, limit, spareConns, cmp.Or(s.config.timeouts.header, headerTimeout), open)
}

// shutdown stops being ready before it stops accepting, so that whoever balances
// the load has gone elsewhere by then.
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
