package server

import (
	"context"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// routeTimeout bounds a request to one of Config.Routes: a backup takes as long as
// the client's line needs for it.
const routeTimeout = 10 * time.Minute

// routePlaces bounds how many of them are answered at once. They take no turn of the
// API's, since their answers are long.
const maxRoutes = 4

// few answers so many at once. The others wait, since a stranger is refused at once.
func (s *Server) withRouteLimit(next http.Handler) http.Handler {
	places := turns.New(turns.Config{Size: maxRoutes})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := places.Claim("")
		if s.bounds.wait(r.Context(), func(ctx context.Context) error { return place.Take(ctx, 1) }) != nil {
			writeUnavailable(w, busyAnswer)
			return
		}
		defer place.Release()
		clearReadDeadline(http.NewResponseController(w))
		next.ServeHTTP(w, r)
	})
}

// AllowsBackup reports whether a request may have all that the store holds: its
// key is one of the keys file and no token, has the role admin and every tenant,
// and no patterns. Either way the audit log says so; what it cannot say is not
// allowed.
func (s *Server) AllowsBackup(r *http.Request) bool {
	k, itself, known := s.api.KeyOf(r)
	call := cloud.Call{Field: "backup", Key: k.Name}
	switch {
	case !known:
		call.Err = "UNAUTHENTICATED"
	case !itself || !s.reachesAll(k) || requestOf(r.Context()).workflow != nil:
		call.Err = "FORBIDDEN"
	}
	return s.onCall(r.Context(), call) == nil && call.Err == ""
}

// reachesAll reports whether a key may set every secret of every tenant.
func (s *Server) reachesAll(k cloud.Key) bool {
	return k.Role == cloud.Admin && len(k.Patterns) == 0 && len(k.Tenants) >= len(*s.slugs.Load())
}
