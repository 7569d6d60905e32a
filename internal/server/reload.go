package server

import (
	"cmp"
	"context"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// The files that are read again while the server runs, as metrics and the log name
// them.
const (
	reloadKeys        = "keys"
	reloadCertificate = "certificate"
	reloadAudit       = "audit"
)

const pollInterval = 5 * time.Second

// reloader reads files and compares their text with the previous one. Modification
// times do not help if a directory is swapped by a symbolic link, as Kubernetes does.
type reloader struct {
	files  []string
	last   string // the text that was read last, whether it was used or not
	broken atomic.Bool
}

func (r *reloader) state() string {
	if r.broken.Load() {
		return "stale"
	}
	return "ok"
}

func stale(r *reloader) float64 {
	if r != nil && r.broken.Load() {
		return 1
	}
	return 0
}

// read returns the files' texts. It reports whether they, or the error that keeps them
// from being read, have changed since the last call.
func (r *reloader) read() (texts []string, changed bool, err error) {
	for _, file := range r.files {
		text, readErr := os.ReadFile(file)
		err = cmp.Or(err, readErr)
		texts = append(texts, string(text))
	}
	current := strings.Join(texts, "\x00")
	if err != nil {
		current = "unreadable\x00" + err.Error()
	}
	changed, r.last = current != r.last, current
	return texts, changed, err
}

// watchFiles reads the files again when they have changed, until ctx ends.
func (s *Server) watchFiles(ctx context.Context) {
	ticker := time.NewTicker(cmp.Or(s.config.Poll, pollInterval))
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.reloadFiles(false)
		case <-s.reload:
			s.reloadFiles(true)
		case <-ctx.Done():
			return
		}
	}
}

// Reload reads the keys file and the certificate again, and reopens the audit log, for
// a log file that was moved away. If a file is broken its previous text stays in use,
// and that is logged. Requests continue meanwhile. Reload does not wait.
func (s *Server) Reload() {
	select {
	case s.reload <- struct{}{}:
	default: // a reload is pending already
	}
}

// reloadFiles uses the files that have changed; if forced, all of them.
func (s *Server) reloadFiles(forced bool) {
	if forced {
		s.reportReload(reloadAudit, s.config.Audit.reopen())
	}
	s.reloadFile(reloadKeys, s.keys, forced, func(texts []string) error { return s.replaceKeys([]byte(texts[0])) })
	if s.cert != nil {
		s.reloadFile(reloadCertificate, &s.cert.reloader, forced, s.cert.use)
	}
	s.checkFiles()
}

func (s *Server) reloadFile(what string, r *reloader, forced bool, use func([]string) error) {
	texts, changed, err := r.read()
	if !changed && !forced {
		return
	}
	if err == nil {
		err = use(texts)
	}
	r.broken.Store(err != nil)
	s.reportReload(what, err)
}

func (s *Server) reportReload(what string, err error) {
	if err == nil {
		s.config.Log.Info("reloaded", "what", what)
		return
	}
	s.meter.reloadFailures(what).Inc()
	s.config.Log.Error("reload failed; the previous version stays in use", "what", what, "error", err.Error())
}
