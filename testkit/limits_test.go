//go:build !race

package testkit_test

const (
	maxAllocations = 212
	maxBytes       = 19_500
)
