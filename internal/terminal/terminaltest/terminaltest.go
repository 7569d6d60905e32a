//go:build linux

// Package terminaltest makes terminals for tests.
package terminaltest

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// Terminal is a terminal with what its user sees and types.
type Terminal struct {
	*os.File // the program's side
	user     *os.File
	seen     strings.Builder
	done     chan struct{}
}

// New opens a terminal of that many columns.
func New(t testing.TB, columns int) *Terminal {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = user.Close() })
	var n, zero uint32
	mustControl(t, user, syscall.TIOCSPTLCK, unsafe.Pointer(&zero))
	mustControl(t, user, syscall.TIOCGPTN, unsafe.Pointer(&n))
	file, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	size := [4]uint16{24, uint16(columns)}
	mustControl(t, file, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	terminal := &Terminal{File: file, user: user, done: make(chan struct{})}
	go func() {
		defer close(terminal.done)
		_, _ = io.Copy(&terminal.seen, user) // ends with an error once the program's side is closed
	}()
	return terminal
}

func mustControl(t testing.TB, file *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), request, uintptr(argument)); errno != 0 {
		t.Fatal(errno)
	}
}

// Type types a text.
func (t *Terminal) Type(text string) {
	_, _ = io.WriteString(t.user, text)
}

// Seen closes the program's side and returns all that its user has seen.
func (t *Terminal) Seen() string { return strings.ReplaceAll(t.Received(), "\r\n", "\n") }

// Received is Seen with the ends of lines as a terminal gets them.
func (t *Terminal) Received() string {
	_ = t.File.Close()
	<-t.done
	return t.seen.String()
}
