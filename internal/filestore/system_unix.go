//go:build unix

package filestore

import (
	"errors"
	"strings"
	"syscall"
)

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
