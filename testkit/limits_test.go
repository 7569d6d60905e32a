//go:build !race

package testkit_test

const (
	maxAllocations = 160
	maxBytes       = 14_200
)
