//go:build race

package testkit_test

// The race detector allocates too.
const (
	maxAllocations = 300
	maxBytes       = 24_000
)
