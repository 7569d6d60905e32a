//go:build !unix

package measure

import (
	"errors"
	"time"
)

// SelfCPU returns an error: the benchmarks need rusage.
func SelfCPU() (time.Duration, error) { return 0, errors.ErrUnsupported }
