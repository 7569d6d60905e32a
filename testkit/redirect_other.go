//go:build !linux

package testkit

import (
	"log"
	"os"
)

// redirect puts a pipe in the place of a variable that holds a file, and of the
// file in the default logger. It gives what the file was, the end to read from,
// and how to put the file back.
func redirect(file **os.File) (original, r *os.File, restore func(), err error) {
	was := *file
	r, w, err := os.Pipe()
	if err != nil {
		return was, r, nil, err
	}
	*file = w
	logs := log.Writer() == was
	if logs {
		log.SetOutput(w)
	}
	return was, r, func() {
		*file = was
		if logs {
			log.SetOutput(was)
		}
		_ = w.Close()
	}, nil
}
