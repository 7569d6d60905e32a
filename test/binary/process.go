package binary

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Options are how to run a process.
type Options struct {
	Path  string // of the command; empty means [Path]
	Dir   string // working directory, HOME and TMPDIR; required
	Env   []string
	Stdin string
	// Shell is a shell command to run first in the same process, such as a ulimit;
	// empty means none.
	Shell string
}

// Process is a running command. Its output is complete once it has ended.
type Process struct {
	Stdout, Stderr *Buffer
	cmd            *exec.Cmd
	ended          chan struct{}
}

// Buffer holds the output of a process. It may be read while the process runs.
type Buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Start starts the command, and kills it at the end of the test if it still runs.
func Start(t testing.TB, o Options, args ...string) *Process {
	t.Helper()
	path := o.Path
	if path == "" {
		path = Path
	}
	cmd := exec.Command(path, args...)
	if o.Shell != "" {
		cmd = exec.Command("sh", append([]string{"-c", o.Shell + `; exec "$0" "$@"`, path}, args...)...)
	}
	cmd.Dir = o.Dir
	cmd.Env = append([]string{"HOME=" + o.Dir, "TMPDIR=" + o.Dir}, o.Env...)
	cmd.Stdin = strings.NewReader(o.Stdin)
	p := &Process{Stdout: &Buffer{}, Stderr: &Buffer{}, cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.Stdout, p.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(p.ended); _ = cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-p.ended })
	return p
}

// Run runs the command to its end and returns its exit code.
func Run(t testing.TB, o Options, args ...string) (code int, p *Process) {
	t.Helper()
	p = Start(t, o, args...)
	return p.Wait(t), p
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal, unless the process has ended.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Ended reports whether the process has ended.
func (p *Process) Ended() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Wait waits for the end of the process, and returns its exit code, or the negative
// number of the signal that killed it.
func (p *Process) Wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%v did not end", p.cmd.Args)
	}
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok {
		t.Fatal(errors.New("no wait status"))
	}
	if status.Signaled() {
		return -int(status.Signal())
	}
	return status.ExitStatus()
}
