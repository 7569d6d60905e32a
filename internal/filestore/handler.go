package filestore

import "net/http"

// BackupPath is where a server puts [Store.BackupHandler], and where
// prefect-secrets backup --api-url asks.
const BackupPath = "/backup"

// BackupHandler answers a GET with [Store.Backup]. Allow says whether a request
// may have it: the bytes are sealed, but they are those of every tenant. An answer
// that was begun and cannot be finished ends with its connection, so that nobody
// takes it for a whole one.
func (s *Store) BackupHandler(allow func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case r.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
		case !allow(r):
			http.Error(w, "a backup needs an admin key of every tenant", http.StatusForbidden)
		default:
			w.Header().Set("Content-Type", "application/octet-stream")
			if err := s.Backup(r.Context(), w); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	})
}
