package server

import (
	"context"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// routeTimeout bounds a request to one of Config.Routes: a backup takes as long as the
// client's network needs.
const routeTimeout = 10 * time.Minute

// maxRoutes bounds how many of these requests are answered at once. They take no turn
// of the API's, since their answers are long.
const maxRoutes = 4

// withRouteLimit answers maxRoutes requests at once; the others wait. Requests without
// permission are refused at once, so they delay the others little.
func (s *Server) withRouteLimit(next http.Handler) http.Handler {
	pool := turns.New(turns.Config{Size: maxRoutes})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claim := pool.Claim("")
		if s.bounds.wait(r.Context(), func(ctx context.Context) error { return claim.Take(ctx, 1) }) != nil {
			writeUnavailable(w, busyAnswer)
			return
		}
		defer claim.Release()
		clearReadDeadline(http.NewResponseController(w))
		next.ServeHTTP(w, r)
	})
}

// AllowsBackup reports whether a request may have all that the store holds: its key is
// in the keys file and not a token, has the role admin and every tenant, and has no
// patterns. Either way the decision is audited; if it cannot be, the request is not
// allowed.
func (s *Server) AllowsBackup(r *http.Request) bool {
	key, isKey, ok := s.api.KeyOf(r)
	call := cloud.Call{Field: "backup", Key: key.Name}
	switch {
	case !ok:
		call.Err = "UNAUTHENTICATED"
	case !isKey || !s.reachesAll(key) || requestOf(r.Context()).workflow != nil:
		call.Err = "FORBIDDEN"
	}
	return s.onCall(r.Context(), call) == nil && call.Err == ""
}

// reachesAll reports whether a key may set every secret of every tenant.
func (s *Server) reachesAll(k cloud.Key) bool {
	return k.Role == cloud.Admin && len(k.Patterns) == 0 && len(k.Tenants) >= len(*s.slugs.Load())
}
