//go:build unix

// Package cputime reports the CPU time of a Go benchmark, which other load on the machine moves less than
// elapsed time.
package cputime

import (
	"syscall"
	"testing"
	"time"
)

// Start begins to count the CPU time of this process: its benchmark, its servers and its garbage collector. The
// function that it returns, called after the loop, reports the time of an operation as cpu-ns/op.
func Start(b *testing.B) (report func()) {
	b.Helper()
	before := used(b)
	return func() {
		b.Helper()
		b.ReportMetric(float64(used(b)-before)/float64(b.N), "cpu-ns/op")
	}
}

func used(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
