//go:build !race

package testkit_test

const (
	maxAllocations = 280
	maxBytes       = 22_500
)
