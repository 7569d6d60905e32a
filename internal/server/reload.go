package server

import (
	"cmp"
	"context"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// What is read again while the server runs, as metrics and the log call it.
const (
	reloadKeys        = "keys"
	reloadCertificate = "certificate"
	reloadAudit       = "audit"
)

const pollInterval = 5 * time.Second

// watched are files whose text is compared with what it was: times of files say
// little where a directory is swapped by a link, as Kubernetes does.
type reloader struct {
	files  []string
	last   string // the text that was taken or refused last
	broken atomic.Bool
}

func (w *reloader) state() string {
	if w.broken.Load() {
		return "stale"
	}
	return "ok"
}

func stale(w *reloader) float64 {
	if w != nil && w.broken.Load() {
		return 1
	}
	return 0
}

// read gives the files' texts, and whether they, or what keeps them from being
// read, are another than before.
func (w *reloader) read() (texts []string, changed bool, err error) {
	for _, file := range w.files {
		text, failed := os.ReadFile(file)
		err = cmp.Or(err, failed)
		texts = append(texts, string(text))
	}
	seen := strings.Join(texts, "\x00")
	if err != nil {
		seen = "unreadable\x00" + err.Error()
	}
	changed, w.last = seen != w.last, seen
	return texts, changed, err
}

// watch reads the files again when they have changed, until ctx ends.
func (s *Server) watchFiles(ctx context.Context) {
	tick := time.NewTicker(cmp.Or(s.config.Poll, pollInterval))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.reloadFiles(false)
		case <-s.reload:
			s.reloadFiles(true)
		case <-ctx.Done():
			return
		}
	}
}

// Reload reads the keys file and the certificate again and opens the audit log
// anew, for a log that was moved away. What is broken stays as it was, and is
// logged. Requests go on meanwhile. It does not wait.
func (s *Server) Reload() {
	select {
	case s.reload <- struct{}{}:
	default: // one is due already
	}
}

func (s *Server) reloadFiles(asked bool) {
	if asked {
		s.reportReload(reloadAudit, s.config.Audit.reopen())
	}
	s.reloadFile(reloadKeys, s.keys, asked, func(texts []string) error { return s.replaceKeys([]byte(texts[0])) })
	if s.cert != nil {
		s.reloadFile(reloadCertificate, &s.cert.reloader, asked, s.cert.use)
	}
	s.checkFiles()
}

// take uses what files hold now, if that is new or was asked for.
func (s *Server) reloadFile(what string, w *reloader, asked bool, use func([]string) error) {
	texts, changed, err := w.read()
	if !changed && !asked {
		return
	}
	if err == nil {
		err = use(texts)
	}
	w.broken.Store(err != nil)
	s.reportReload(what, err)
}

func (s *Server) reportReload(what string, err error) {
	if err == nil {
		s.config.Log.Info("reloaded", "what", what)
		return
	}
	s.meter.reloadFailures(what).Inc()
	s.config.Log.Error("reloading failed; what was read before stays in use", "what", what, "error", err.Error())
}
