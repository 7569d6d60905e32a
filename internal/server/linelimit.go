package server

import (
	"time"

	"golang.org/x/time/rate"
)

// Bounds on lines that cost whoever causes them nothing.
const (
	linesAtOnce       = 200
	linesPerSecond    = 50 // of one message of the log, and of all strangers in the audit log
	keyLinesPerSecond = 10 // of one key in the audit log
)

// allowance bounds the lines of one kind and counts those beyond it, until a line
// says how many they were. Its user locks it.
type lineLimiter struct {
	limiter   *rate.Limiter
	unwritten int
}

func newLineLimiter(perSecond rate.Limit) *lineLimiter {
	return &lineLimiter{limiter: rate.NewLimiter(perSecond, linesAtOnce)}
}

// take reports whether a line may be written. If not, it counts the line.
func (a *lineLimiter) allow(now time.Time) bool {
	if a.limiter.AllowN(now, 1) {
		return true
	}
	a.unwritten++
	return false
}

// told gives the count of lines that were not written, and begins a new one.
func (a *lineLimiter) takeUnwritten() int {
	n := a.unwritten
	a.unwritten = 0
	return n
}
