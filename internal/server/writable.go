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
type sensitiveFile struct {
	what, path string // path is empty where there is no file
	exposed    atomic.Bool
}

// openTo says what others may write: the file itself behind its links, or the
// directory of it or of its link, in which they can put another in its place. It is
// empty where they may not, and for what is no file, such as a pipe.
func writableByOthers(path string) string {
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	info, err := os.Stat(file)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return ""
	case othersMayWrite(info):
		return file
	}
	for _, dir := range []string{filepath.Dir(file), filepath.Dir(path)} {
		if info, err := os.Stat(dir); err == nil && othersMayWrite(info) && info.Mode()&fs.ModeSticky == 0 {
			return dir
		}
	}
	return ""
}

// writable reports whether a group or everybody may write.
func othersMayWrite(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// lookAtFiles warns of a file when it becomes writable by others.
func (s *Server) checkFiles() {
	for _, f := range s.sensitive {
		where := writableByOthers(f.path)
		if before := f.exposed.Swap(where != ""); where == "" || before {
			continue
		}
		s.config.Log.Warn("others may write a file that only this server's user should: chmod go-w it", "what", f.what, "path", where)
	}
}

// watchFiles makes a metric of each.
func (m *meter) addFileGauges(files []*sensitiveFile) {
	for _, f := range files {
		m.set.NewGauge(fmt.Sprintf(`prefect_secrets_writable_by_others{what=%q}`, f.what), func() float64 {
			if f.exposed.Load() {
				return 1
			}
			return 0
		})
	}
}
