package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
)

// checkFile checks the type, size and permissions of a file, before it is opened.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w: it is a directory", ErrForeign)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: it is not a regular file", ErrForeign)
	case info.Size() == 0:
		return fmt.Errorf("%w: it is empty: remove it to start a new store", ErrForeign)
	}
	return privatefile.Check(info)
}

// boltFile is a file that bbolt has opened and locked.
type boltFile struct {
	db   *bbolt.DB
	file *os.File // the one that db uses
}

// openBoltFile opens a file that exists. It never creates one, so that a store that
// vanishes is not replaced by an empty one.
func openBoltFile(path string, wait time.Duration, readOnly bool) (boltFile, error) {
	var f boltFile
	opts := &bbolt.Options{
		Timeout: wait, ReadOnly: readOnly, FreelistType: bbolt.FreelistMapType, NoStatistics: true,
		OpenFile: func(path string, flag int, mode os.FileMode) (*os.File, error) {
			var err error
			f.file, err = os.OpenFile(path, flag&^os.O_CREATE, mode)
			return f.file, err
		},
	}
	if !readOnly {
		opts.InitialMmapSize = initialMapSize()
	}
	err := recoverDamage(func() error {
		var err error
		f.db, err = bbolt.Open(path, 0o600, opts)
		return err
	})
	if err != nil {
		_ = f.file.Close() // nil, or closed already, unless bbolt panicked
		return f, openError(err)
	}
	f.db.AllocSize = 1 << 20
	return f, nil
}

// openError turns bbolt's error on opening a file into one of this package.
func openError(err error) error {
	var system *fs.PathError
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrLocked
	case errors.As(err, &system) || errors.Is(err, ErrDamaged):
		return err
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

// checkInPlace returns [ErrGone] if the path no longer leads to the open file.
func (f boltFile) checkInPlace() error {
	atPath, err := os.Stat(f.db.Path())
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrGone, err)
	}
	open, err := f.file.Stat()
	if err == nil && !os.SameFile(atPath, open) {
		err = ErrGone
	}
	return err
}

func (f boltFile) checkPages() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	return checkPages(f.file, info.Size())
}

// recoverDamage turns two panics of run into [ErrDamaged]: bbolt's own, on a page
// that it does not expect, and the memory fault when a file was truncated beneath its
// mapping.
func recoverDamage(run func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w (%v)", ErrDamaged, r)
		}
	}()
	return run()
}
