//go:build unix

package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// private refuses a file that others than its owner may read or write, and one
// that belongs to neither this process's user nor root.
func checkPermissions(info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("its mode is %04o: %w", mode, ErrPermissions)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("it belongs to user %d: %w, and chown to user %d", stat.Uid, ErrPermissions, os.Geteuid())
	}
	return nil
}

// initialMap is how much to map at first; it makes no file larger here.
func initialMapSize() int { return mapped }

// outOfSpace reports whether a commit failed for want of room, which leaves the
// file as it was: disk, quota, or the process's limit on a file's size. Of some
// errors bbolt keeps the text alone.
func isOutOfSpace(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}
