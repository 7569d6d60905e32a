//go:build !unix

package cli

// ForbidCoreDumps does nothing, because this system has no core files.
func ForbidCoreDumps() error { return nil }
