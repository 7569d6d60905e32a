//go:build !race

package testkit_test

const (
	maxAllocations = 220
	maxBytes       = 20_500
)
