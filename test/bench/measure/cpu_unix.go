//go:build unix

package measure

import (
	"syscall"
	"time"
)

// SelfCPU returns the CPU time of this process so far.
func SelfCPU() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}
