package run

import (
	"fmt"
	"sync"
	"time"
)

// progress tells how far a run is, at most once a second.
type progress struct {
	report func(done, total int, last bool)

	mu          sync.Mutex
	done, total int
	last        time.Time
	reported    bool
}

func newProgress(tell func(done, total int, last bool)) *progress {
	return &progress{report: tell, last: time.Now()}
}

func (p *progress) observe(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	if time.Since(p.last) < time.Second {
		return
	}
	p.last, p.reported = time.Now(), true
	p.report(done, total, false)
}

// finish tells for the last time, if there was a first.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reported {
		p.report(p.done, p.total, true)
	}
}

// ProgressText goes over itself on a terminal, until the last ends the line; it is
// a line each time elsewhere, where the report follows the last. What failed is
// counted too.
func ProgressText(done, total int, last, terminal bool) string {
	text := fmt.Sprintf("%d of %d changes processed", done, total)
	switch {
	case terminal && last:
		return "\r" + text + "\n"
	case terminal:
		return "\r" + text
	case last:
		return ""
	default:
		return text + "\n"
	}
}
