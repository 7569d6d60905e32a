package server

import (
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// routeTimeout bounds a request to one of Config.Routes: a backup takes as long as
// the client's line needs for it.
const routeTimeout = 10 * time.Minute

// unhurried lets an answer take as long as routeTimeout.
func unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(routeTimeout))
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
	case !itself || !s.reachesAll(k) || requestOf(r.Context()).github != nil:
		call.Err = "FORBIDDEN"
	}
	return s.onCall(r.Context(), call) == nil && call.Err == ""
}

// reachesAll reports whether a key may set every secret of every tenant.
func (s *Server) reachesAll(k cloud.Key) bool {
	return k.Role == cloud.Admin && len(k.Patterns) == 0 && len(k.Tenants) >= len(*s.slugs.Load())
}
