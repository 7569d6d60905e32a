package server

import (
	"time"

	"golang.org/x/time/rate"
)

// Bounds on log lines that clients can cause at no cost to themselves.
const (
	linesAtOnce       = 200
	linesPerSecond    = 50 // of one message of the log, and of all unrecognised keys in the audit log
	keyLinesPerSecond = 10 // of one key in the audit log
)

// lineLimiter bounds the lines of one kind and counts those it drops, until a line
// reports how many they were. Callers hold a lock of their own.
type lineLimiter struct {
	limiter   *rate.Limiter
	unwritten int
}

func newLineLimiter(perSecond rate.Limit) *lineLimiter {
	return &lineLimiter{limiter: rate.NewLimiter(perSecond, linesAtOnce)}
}

// allow reports whether a line may be written. If not, it counts the line.
func (l *lineLimiter) allow(now time.Time) bool {
	if l.limiter.AllowN(now, 1) {
		return true
	}
	l.unwritten++
	return false
}

// takeUnwritten returns the number of dropped lines and sets it to zero.
func (l *lineLimiter) takeUnwritten() int {
	n := l.unwritten
	l.unwritten = 0
	return n
}
