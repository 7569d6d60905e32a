package terminal

import (
	"os"
	"syscall"
	"unsafe"
)

// discardPending discards the lines that were typed and not read yet, and reports
// whether there were any.
func discardPending(keyboard *os.File) bool {
	var n int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), syscall.TIOCINQ, uintptr(unsafe.Pointer(&n)))
	if errno != 0 || n == 0 {
		return false
	}
	const flush, input = syscall.TCIFLUSH, 0x540b // TCFLSH
	_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), input, flush)
	return true
}
