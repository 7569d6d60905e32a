package server

import (
	"cmp"
	"net/http"
)

// mount is the one place where what the server answers is put together:
//
//	every request   gets an id, is counted and timed, and a panic ends it alone
//	/healthz        the process lives
//	/readyz         the store answers
//	Config.Routes   handlers of their own beside the API, such as a backup
//	all else        Config.Wrap around the API, such as an upstream, or the API
//
// All but the health waits for an audit log that can be written and is bounded. A
// token of GitHub's is judged before that, since its issuer may have to be asked.
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
			mux.Handle(pattern, s.withAudit(s.withGitHubToken(s.withLimits(withTimeout(s.withRouteLimit(h), routeTimeout), routeTimeout))))
		}
	}
	mux.Handle("/", s.withAudit(s.withGitHubToken(s.withLimits(api, limit))))
	return s.withRequestID(mux), nil
}

// Metrics answers /metrics, and the health beside it.
func (s *Server) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.meter.serve)
	mux.HandleFunc("/healthz", healthz)
	mux.HandleFunc("/readyz", s.readyz)
	return mux
}
