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

// Options say how a process runs.
type Options struct {
	Path  string // the command; empty means [Path]
	Dir   string // its directory, which is its HOME and TMPDIR too; required
	Env   []string
	Stdin string
	// Shell is put before the command in a shell, such as a ulimit; empty means none.
	Shell string
}

// Process is the command while it runs. What it has written is complete once it
// has ended.
type Process struct {
	Stdout, Stderr *Buffer
	cmd            *exec.Cmd
	ended          chan struct{}
}

// Buffer is a stream of a process, which may be read while it grows.
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

// Start runs the command. It ends with the test at the latest.
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

// Run runs the command to its end and gives its exit code.
func Run(t testing.TB, o Options, args ...string) (code int, p *Process) {
	t.Helper()
	p = Start(t, o, args...)
	return p.Wait(t), p
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal; a process that has ended gets none.
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

// Wait gives the exit code, or the negative signal that ended the process.
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
