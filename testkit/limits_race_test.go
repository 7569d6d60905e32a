//go:build race

package testkit_test

// The race detector allocates too.
const (
	maxAllocations = 172
	maxBytes       = 15_200
)
