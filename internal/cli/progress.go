package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// progress adds up how far the tenants have come, and tells of it at most once a
// second.
type progress struct {
	tell  func(done, total int, last bool)
	total int // of all tenants

	mu   sync.Mutex
	done []int // by tenant
	last time.Time
	told bool
}

func newProgress(tenants []report.Tenant, tell func(done, total int, last bool)) *progress {
	p := &progress{tell: tell, done: make([]int, len(tenants)), last: time.Now()}
	for _, t := range tenants {
		if t.Plan != nil {
			p.total += len(t.Plan.Actions) - t.Plan.Count(secretsync.Skip)
		}
	}
	return p
}

// of hears of one tenant.
func (p *progress) of(tenant int) func(done, total int) {
	return func(done, _ int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done[tenant] = done
		if time.Since(p.last) < time.Second {
			return
		}
		p.last, p.told = time.Now(), true
		p.tell(sum(p.done), p.total, false)
	}
}

// finish tells for the last time, if there was a first.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.told {
		p.tell(sum(p.done), p.total, true)
	}
}

func sum(numbers []int) int {
	n := 0
	for _, number := range numbers {
		n += number
	}
	return n
}

// progressLine writes how far a run is to standard error.
func (c *Command) progressLine(done, total int, last bool) {
	file, ok := c.Stderr.(*os.File)
	_, _ = io.WriteString(c.Stderr, progressText(done, total, last, ok && isTerminal(file)))
}

// progressText goes over itself on a terminal, until the last ends the line; it is
// a line each time elsewhere, where the report follows the last. What failed is
// counted too.
func progressText(done, total int, last, terminal bool) string {
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

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
