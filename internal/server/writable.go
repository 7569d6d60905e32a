package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// exposed is a file that decides who may do what, or says who did, and that others
// than the server's user should not be able to write or replace. Where they can is a
// warning and no more: volumes that a group may write are common in Kubernetes.
type exposed struct {
	what, path string // path is empty where there is no file
	now        atomic.Bool
}

// openTo says what others may write: the file itself behind its links, or the
// directory of it or of its link, in which they can put another in its place. It is
// empty where they may not, and for what is no file, such as a pipe.
func openTo(path string) string {
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	info, err := os.Stat(file)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return ""
	case writable(info):
		return file
	}
	for _, dir := range []string{filepath.Dir(file), filepath.Dir(path)} {
		if info, err := os.Stat(dir); err == nil && writable(info) && info.Mode()&fs.ModeSticky == 0 {
			return dir
		}
	}
	return ""
}

// writable reports whether a group or everybody may write.
func writable(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// lookAtFiles warns of a file when it becomes writable by others.
func (s *Server) lookAtFiles() {
	for _, f := range s.exposed {
		where := openTo(f.path)
		if before := f.now.Swap(where != ""); where == "" || before {
			continue
		}
		s.config.Log.Warn("others may write a file that only this server's user should: chmod go-w it", "what", f.what, "path", where)
	}
}

// watchFiles makes a metric of each.
func (m *meter) watchFiles(files []*exposed) {
	for _, f := range files {
		m.set.NewGauge(fmt.Sprintf(`prefect_secrets_writable_by_others{what=%q}`, f.what), func() float64 {
			if f.now.Load() {
				return 1
			}
			return 0
		})
	}
}
