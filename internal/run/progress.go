package run

import (
	"fmt"
	"sync"
	"time"
)

// progress reports how many changes a run has processed, at most once a second.
type progress struct {
	report func(done, total int, last bool)

	mu          sync.Mutex
	done, total int
	last        time.Time // of the last report, at first of the start
	reported    bool
}

func newProgress(report func(done, total int, last bool)) *progress {
	return &progress{report: report, last: time.Now()}
}

// observe is called after each change.
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

// finish makes the last report, if there was any.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reported {
		p.report(p.done, p.total, true)
	}
}

// ProgressText returns the text of one report. On a terminal each one overwrites the
// one before, and the last ends the line. Elsewhere each is a line of its own, and the
// last is empty. Changes that failed count as processed.
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
