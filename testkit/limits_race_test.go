//go:build race

package testkit_test

// The race detector allocates too.
const (
	maxAllocations = 235
	maxBytes       = 22_000
)
