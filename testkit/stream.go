package testkit

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// stream receives what is written to one destination, and passes lines on to it.
type stream struct {
	cloud   *Cloud
	name    string // in messages
	out     io.Writer
	mu      sync.Mutex
	all     bytes.Buffer
	partial []byte // the last line, as long as it has no end
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all.Write(p)
	s.partial = append(s.partial, p...)
	if end := bytes.LastIndexByte(s.partial, '\n') + 1; end > 0 {
		s.pass(s.partial[:end])
		s.partial = bytes.Clone(s.partial[end:])
	}
	return len(p), nil
}

// flush passes on a last line without an end.
func (s *stream) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass(s.partial)
	s.partial = nil
}

// pass writes the lines that hold no value to out.
func (s *stream) pass(lines []byte) {
	finder := s.cloud.fake.Leaks()
	if len(finder.Names(lines)) == 0 {
		_, _ = s.out.Write(lines)
		return
	}
	for line := range bytes.Lines(lines) {
		if len(finder.Names(line)) == 0 {
			_, _ = s.out.Write(line)
		}
	}
}

// report fails t if anything that was written holds the value of a secret.
func (s *stream) report(t TB) {
	t.Helper()
	if names := s.cloud.Leaks(s.all.Bytes()); len(names) > 0 {
		t.Errorf("testkit: %s holds the value of %q%s", s.name, names, s.leakPosition())
	}
}

// leakPosition says in a message where the first value is.
func (s *stream) leakPosition() string {
	finder, number := s.cloud.fake.Leaks(), 0
	for line := range bytes.Lines(s.all.Bytes()) {
		number++
		if len(finder.Names(line)) > 0 {
			return fmt.Sprintf(" in line %d", number)
		}
	}
	return ", across lines"
}

// drainTime is how long what was written to a pipe may take to arrive once the file
// is restored. A child process that is still running keeps the pipe open.
const drainTime = 200 * time.Millisecond

// capture replaces a file of the process by a pipe. The function that it returns
// restores the file, and returns what was written meanwhile.
func (c *Cloud) capture(t TB, name string, file **os.File) (stop func() *stream) {
	t.Helper()
	original, r, restore, err := redirect(file)
	s := &stream{cloud: c, name: name, out: original}
	if err != nil {
		t.Fatalf("testkit: LeakGuard: %v", err)
		return func() *stream { return s }
	}
	var reader sync.WaitGroup
	reader.Go(func() { _, _ = io.Copy(s, r) })
	return func() *stream {
		restore()
		_ = r.SetReadDeadline(time.Now().Add(drainTime))
		reader.Wait()
		_ = r.Close()
		s.flush()
		if original != *file {
			_ = original.Close()
		}
		return s
	}
}
