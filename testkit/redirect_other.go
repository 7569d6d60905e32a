//go:build !linux

package testkit

import (
	"log"
	"os"
)

// redirect replaces a variable that holds a file by a pipe, also in the default
// logger. It returns the original file, the end of the pipe to read from, and how to
// restore the file.
func redirect(file **os.File) (original, r *os.File, restore func(), err error) {
	original = *file
	r, w, err := os.Pipe()
	if err != nil {
		return original, r, nil, err
	}
	*file = w
	inLogger := log.Writer() == original
	if inLogger {
		log.SetOutput(w)
	}
	return original, r, func() {
		*file = original
		if inLogger {
			log.SetOutput(original)
		}
		_ = w.Close()
	}, nil
}
