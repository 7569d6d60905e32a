//go:build race

package testkit_test

// The race detector allocates too.
const (
	maxAllocations = 226
	maxBytes       = 21_000
)
