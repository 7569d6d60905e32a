package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
)

// mapped is how much of the file's address space is mapped at once. Up to that
// size a backup that is under way holds no writer up.
const mapped = 1 << 30

// checkFile looks at what can be told of a file before it is opened.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w: it is a directory", ErrForeign)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: it is no regular file", ErrForeign)
	case info.Size() == 0:
		return fmt.Errorf("%w: it is empty; remove it, and a new one is made", ErrForeign)
	}
	return checkPermissions(info)
}

// opened is a file as bbolt has it open and locked.
type boltFile struct {
	db   *bbolt.DB
	file *os.File // db's own
}

// inPlace reports whether the path still leads to the file that is open.
func (o boltFile) inPlace() error {
	there, err := os.Stat(o.db.Path())
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrGone, err)
	}
	here, err := o.file.Stat()
	if err == nil && !os.SameFile(there, here) {
		err = ErrGone
	}
	return err
}

// openFile opens a file that exists: a store that vanishes is not replaced by an
// empty one.
func openBoltFile(path string, wait time.Duration, readOnly bool) (boltFile, error) {
	var o boltFile
	options := &bbolt.Options{Timeout: wait, ReadOnly: readOnly, FreelistType: bbolt.FreelistMapType, NoStatistics: true}
	options.OpenFile = func(path string, flag int, mode os.FileMode) (*os.File, error) {
		var err error
		o.file, err = os.OpenFile(path, flag&^os.O_CREATE, mode)
		return o.file, err
	}
	if !readOnly {
		options.InitialMmapSize = initialMapSize()
	}
	err := recoverDamage(func() error {
		var err error
		o.db, err = bbolt.Open(path, 0o600, options)
		return err
	})
	if err != nil {
		return o, o.openError(err)
	}
	o.db.AllocSize = 1 << 20
	return o, nil
}

// refused says why bbolt did not open a file, and lets go of it.
func (o boltFile) openError(err error) error {
	_ = o.file.Close() // nil, or closed already, unless bbolt panicked
	var system *fs.PathError
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.As(err, &system) || errors.Is(err, ErrDamaged):
		return err
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

func (o boltFile) checkPages() error {
	info, err := o.file.Stat()
	if err != nil {
		return err
	}
	return checkPages(o.file, info.Size())
}

// guard turns into ErrDamaged what bbolt panics with where a page is not what it
// expects, and the fault of a file that was cut off beneath its mapping.
func recoverDamage(run func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w (%v)", ErrDamaged, r)
		}
	}()
	return run()
}
