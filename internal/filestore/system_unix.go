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

// checkPermissions refuses a file that users other than its owner may read or write,
// and one that belongs to neither this process's user nor root.
func checkPermissions(info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("its mode is %04o: %w", mode, ErrPermissions)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("it belongs to user %d: %w, and chown to user %d", stat.Uid, ErrPermissions, os.Geteuid())
	}
	return nil
}

// initialMapSize returns how much address space to map for the file, in bytes. Until
// the file is larger, a running backup does not block writers. On unix the mapping
// does not enlarge the file.
func initialMapSize() int { return 1 << 30 }

// isOutOfSpace reports whether a commit failed because the disk, the quota or the
// process's limit on a file's size is exhausted, which leaves the file as it was.
// Some errors of bbolt carry only the text of the system's error.
func isOutOfSpace(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}
