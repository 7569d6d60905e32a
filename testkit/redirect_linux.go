package testkit

import (
	"errors"
	"os"
	"syscall"
)

// redirect replaces a file's descriptor by that of a pipe, so that everything that
// writes to it is read. It returns the original file, the end of the pipe to read
// from, and how to restore the file.
func redirect(file **os.File) (original, r *os.File, restore func(), err error) {
	fd := int((*file).Fd())
	saved, err := syscall.Dup(fd)
	if err != nil {
		return nil, nil, nil, err
	}
	syscall.CloseOnExec(saved)
	original = os.NewFile(uintptr(saved), (*file).Name())
	r, w, err := os.Pipe()
	if err == nil {
		err = errors.Join(syscall.Dup3(int(w.Fd()), fd, 0), w.Close())
	}
	return original, r, func() { _ = syscall.Dup3(saved, fd, 0) }, err
}
