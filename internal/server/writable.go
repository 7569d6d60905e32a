package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// sensitiveFile decides who may do what, or records who did. Nobody but the server's
// user should be able to write or replace it. If others can, that is only a warning:
// volumes that a group may write are common in Kubernetes.
type sensitiveFile struct {
	what, path string // path is empty if there is no file
	exposed    atomic.Bool
}

// writableByOthers returns what others may write: the file that the path leads to, or
// the directory of that file or of a symbolic link to it, where they can replace it.
// It is empty if they may write neither, and if the path is not of a regular file.
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

// othersMayWrite reports whether a group or everybody may write.
func othersMayWrite(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }

// checkFiles logs a warning when a sensitive file becomes writable by others.
func (s *Server) checkFiles() {
	for _, f := range s.sensitive {
		path := writableByOthers(f.path)
		if wasExposed := f.exposed.Swap(path != ""); path == "" || wasExposed {
			continue
		}
		s.config.Log.Warn("other users may write this file: chmod go-w it", "what", f.what, "path", path)
	}
}

// addFileGauges adds a gauge for each file.
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
