package filestore

import (
	"fmt"
	"runtime/debug"
)

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
