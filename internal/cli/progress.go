package cli

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// progress adds up how far the tenants have come, and tells of it at most once a
// second.
type progress struct {
	tell func(done, total int)

	mu          sync.Mutex
	done, total []int // by tenant
	last        time.Time
}

func newProgress(tenants int, tell func(done, total int)) *progress {
	return &progress{tell: tell, done: make([]int, tenants), total: make([]int, tenants), last: time.Now()}
}

// of hears of one tenant.
func (p *progress) of(tenant int) func(done, total int) {
	return func(done, total int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done[tenant], p.total[tenant] = done, total
		if time.Since(p.last) < time.Second {
			return
		}
		p.last = time.Now()
		p.tell(sum(p.done), sum(p.total))
	}
}

func sum(numbers []int) int {
	n := 0
	for _, number := range numbers {
		n += number
	}
	return n
}

// progressLine writes how far a run is to standard error: over itself on a
// terminal, else a line each time.
func (c *Command) progressLine(done, total int) {
	begin, end := "", "\n"
	if file, ok := c.Stderr.(*os.File); ok && isTerminal(file) {
		begin, end = "\r", ""
		if done == total {
			end = "\n"
		}
	}
	_, _ = fmt.Fprintf(c.Stderr, "%s%d of %d changes made%s", begin, done, total, end)
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
