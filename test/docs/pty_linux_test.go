package docs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"unsafe"
)

// runInTerminal runs a command in a pseudo terminal of a size, and returns all that it
// prints there.
func runInTerminal(t *testing.T, cmd *exec.Cmd, columns, rows uint16) string {
	t.Helper()
	leader, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer leader.Close()
	var number, unlock uint32
	size := [4]uint16{rows, columns}
	control(t, leader, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	control(t, leader, syscall.TIOCGPTN, unsafe.Pointer(&number))
	control(t, leader, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	follower, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = follower, follower, follower
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	err = cmd.Start()
	_ = follower.Close()
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	// Linux answers a read of a terminal that nobody has open any more with EIO.
	if _, err := io.Copy(&printed, leader); err != nil && !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &printed)
	}
	return printed.String()
}

func control(t *testing.T, terminal *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, terminal.Fd(), request, uintptr(argument)); errno != 0 {
		t.Fatal(errno)
	}
}
