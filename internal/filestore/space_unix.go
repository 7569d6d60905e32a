//go:build unix

package filestore

import (
	"errors"
	"syscall"
)

// outOfSpace reports whether a commit failed for want of room, which leaves the
// file as it was: disk, quota, or the process's limit on a file's size.
func outOfSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
