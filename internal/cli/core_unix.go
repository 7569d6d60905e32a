//go:build unix

package cli

import "syscall"

// ForbidCoreDumps keeps the values in memory out of core files, for the rest of
// the process. Go aborts with a core dump where GOTRACEBACK is "crash".
func ForbidCoreDumps() error {
	return syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
