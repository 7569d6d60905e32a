//go:build unix

package cli

import "syscall"

// ForbidCoreDumps keeps the values in memory out of core files, until the process
// ends. Go aborts with a core dump if GOTRACEBACK is "crash".
func ForbidCoreDumps() error {
	return syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
