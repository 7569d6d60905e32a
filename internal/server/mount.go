package server

import (
	"cmp"
	"net/http"
)

// mount puts together the handlers of the main address:
//
//	every request   gets an id, is counted and timed, and a panic ends it alone
//	/healthz        the process lives
//	/readyz         the store answers
//	Config.Routes   further handlers besides the API, such as a backup
//	/ and /_page/   the page for browsers, unless there is a Config.Wrap
//	everything else Config.Wrap around the API, such as an upstream, or the API
//
// All but the health checks is bounded, and all but these and the page, which has
// nothing to record, waits for an audit log that can be written.
// GitHub's tokens are authenticated before the bounds, since that may have to wait for
// their issuer.
func (s *Server) mount() (http.Handler, error) {
	var api http.Handler = s.api
	limit := cmp.Or(s.config.timeouts.write, writeTimeout)
	if s.config.Wrap != nil {
		wrapped, err := s.config.Wrap(s.api)
		if err != nil {
			return nil, err
		}
		api = withTimeout(wrapped, limit)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", healthz)
	mux.HandleFunc("/readyz", s.readyz)
	if s.config.Routes != nil {
		for pattern, h := range s.config.Routes(s) {
			route := withTimeout(s.withRouteLimit(h), routeTimeout)
			mux.Handle(pattern, s.withAudit(s.withGitHubToken(s.withLimits(route, routeTimeout))))
		}
	}
	root := s.withAudit(s.withGitHubToken(s.withLimits(api, limit)))
	if s.config.Wrap == nil {
		p := newPage(s.config.Page, s.readiness)
		root = p.through(s.withLimits(p, limit), root)
	}
	mux.Handle("/", root)
	return s.withRequestID(mux), nil
}

// metricsHandler answers /metrics, /healthz and /readyz.
func (s *Server) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.meter.serve)
	mux.HandleFunc("/healthz", healthz)
	mux.HandleFunc("/readyz", s.readyz)
	return mux
}
