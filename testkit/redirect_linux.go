package testkit

import (
	"errors"
	"os"
	"syscall"
)

// redirect puts a pipe in the place of a file's descriptor, so that every writer
// to it is read. It gives what the file was, until restore puts it back, and the
// end to read from.
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
