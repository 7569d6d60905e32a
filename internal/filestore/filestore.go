// Package filestore keeps secrets in one encrypted file: the [cloud.Store] for
// one machine. [Open] opens or creates the file with a [Key]; the key itself is never
// created silently.
//
// The file is a bbolt database. Each value is sealed with XChaCha20-Poly1305
// under a random nonce. The id of the store, the tenant, the name and the
// [cloud.Info] are its associated data, so a value that was moved within the
// file, or into another, is refused. Info is sealed too. Without the key a reader of
// the file sees the ids of tenants, names, lengths, and which record changed between
// two copies. Pages that an overwritten or deleted secret leaves behind stay in the
// file, sealed, until they are reused; so they are in its backups. If the complete
// file is put back to an earlier state, nothing detects that.
//
// A write that was acknowledged is on the disk. Writers that wait at the same
// time share one commit. If the file is no longer at its path, writes are refused
// until it is back, because the next process to open the path would miss them. One
// process at a time has the file open.
//
// seal.go seals and opens a secret, create.go has the layout of the file, writer.go
// commits, and pages.go checks the structure of the file.
package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// The errors of [Open] and the other functions, wrapped with the path and details.
var (
	// ErrKey means that the file was sealed with another key.
	ErrKey = errors.New("wrong key: this store was made with another one")
	// ErrForeign means that the file is not a store, or is empty.
	ErrForeign = errors.New("this is not a prefect-secrets store")
	// ErrDamaged means that the file was a store, and is truncated or changed.
	ErrDamaged = errors.New("the store is damaged: restore it from a backup")
	// ErrLocked means that another process has the store open.
	ErrLocked = errors.New("another process has the store open: stop it, or use its URL instead")
	// ErrNewer means that a later release wrote the file.
	ErrNewer = errors.New("a later release of prefect-secrets made this store: use that release")
	// ErrGone means that the file was moved, deleted or replaced while the store was
	// open.
	ErrGone = errors.New("the file of the store was moved or replaced: put it back, or restart with the file that is there now")
	// ErrClosed means that the store was closed.
	ErrClosed = errors.New("the store is closed")
)

// defaultLockWait is the default of [Config.LockWait].
const defaultLockWait = 2 * time.Second

// Config describes the file and how to open it.
type Config struct {
	// Path is the path of the file. Required.
	Path string
	// Key opens the file. Required.
	Key Key
	// Now returns the current time, which is stored with each write. Required.
	Now func() time.Time
	// LockWait is how long to wait for another process to close the file; zero
	// means 2 seconds.
	LockWait time.Duration
	// MustExist makes Open return an error that wraps fs.ErrNotExist, instead of
	// creating the file, if it does not exist.
	MustExist bool
}

func (c Config) lockWait() time.Duration {
	if c.LockWait == 0 {
		return defaultLockWait
	}
	return c.LockWait
}

// Store is an open file. It is safe for concurrent use.
type Store struct {
	now func() time.Time
	boltFile
	sealer *sealer
	writer *writer
}

var _ cloud.Store = (*Store)(nil)

// Open opens the file, or creates it with mode 0600. Before it writes anything it
// checks the whole file except for the values: the structure, the key, and the seal
// of each secret's name and info. The errors wrap those of this package, or the
// system's.
func Open(c Config) (*Store, error) {
	if c.Path == "" || c.Now == nil || c.Key.aead == nil {
		return nil, errors.New("a file store needs Path, Key and Now")
	}
	s, err := open(c)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", c.Path, err)
	}
	return s, nil
}

func open(c Config) (*Store, error) {
	err := checkFile(c.Path)
	if errors.Is(err, fs.ErrNotExist) && !c.MustExist {
		err = create(c.Path, c.Key)
	}
	if err != nil {
		return nil, err
	}
	sealer, err := verify(c.Path, c.Key, c.lockWait(), false)
	if err != nil {
		return nil, err
	}
	file, err := openBoltFile(c.Path, c.lockWait(), false)
	if err != nil {
		return nil, err
	}
	return &Store{now: c.Now, boltFile: file, sealer: sealer, writer: startWriter(file)}, nil
}

// Close waits for the running commit and closes the file. It may be called more
// than once.
func (s *Store) Close() error {
	if !s.writer.stop() {
		return nil
	}
	if s.writer.broken != nil {
		return s.file.Close() // db.Close may wait forever for the commit that failed
	}
	return s.db.Close()
}
