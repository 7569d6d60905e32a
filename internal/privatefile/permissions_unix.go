//go:build unix

package privatefile

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Check returns an error that wraps [ErrPermissions] if a file does not belong to the
// process's user or to root, or if others than its owner may read or write it.
func Check(info fs.FileInfo) error {
	owner := os.Geteuid()
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = int(stat.Uid)
	}
	return checkMode(info.Mode().Perm(), owner, os.Geteuid())
}

// checkMode checks the mode and the owner of a file that a user reads. Kubernetes and
// systemd lend root's files to a process of another user through its group or a list of
// access, which the mode shows as the group's.
func checkMode(mode fs.FileMode, owner, user int) error {
	others := fs.FileMode(0o077)
	if owner == 0 && user != 0 {
		others = 0o037
	}
	if mode&others != 0 {
		return fmt.Errorf("its mode is %04o: %w", mode, ErrPermissions)
	}
	if owner != 0 && owner != user {
		return fmt.Errorf("it belongs to user %d: %w, and chown to user %d", owner, ErrPermissions, user)
	}
	return nil
}
