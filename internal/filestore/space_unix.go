//go:build unix

package filestore

import (
	"errors"
	"strings"
	"syscall"
)

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
