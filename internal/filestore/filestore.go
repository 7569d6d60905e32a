// Package filestore keeps secrets in one encrypted file: the [cloud.Store] for
// one machine. [Open] opens or makes it, with a [Key] that is never made silently.
//
// The file is a bbolt database. Each value is sealed with XChaCha20-Poly1305
// under a random nonce; the id of the store, the tenant, the name, and what
// [cloud.Info] tells are its associated data, so that a value moved within the
// file, or into another, is refused. Info is sealed too. What a reader of the
// file without the key sees is the ids of tenants, names, lengths, and which
// record changed between two copies. Pages that an overwritten or deleted secret
// leaves behind stay in the file, sealed, until they are used again, and so in
// its backups. That a whole file was put back to an earlier state cannot be told.
//
// A write that was acknowledged is on the disk. Writers that wait at the same
// time share one commit. Where the file is no longer in its place, writes are refused
// until it is back, for what opens the path next would lack them. One process at a time has the file open.
package filestore

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// What [Open] and the others refuse, wrapped with the path and the particulars.
var (
	// ErrKey: the file was sealed with another key.
	ErrKey = errors.New("the key is not the one that this store was made with")
	// ErrForeign: the file is something else, or nothing at all.
	ErrForeign = errors.New("this is no store of prefect-secrets")
	// ErrDamaged: the file was a store, and is cut off or changed.
	ErrDamaged = errors.New("the store is damaged: restore it from a backup")
	// ErrLocked: another process has the store open.
	ErrLocked = errors.New("another process has the store open: stop it, or ask it with --api-url")
	// ErrNewer: a later release wrote the file.
	ErrNewer = errors.New("a later release of prefect-secrets made this store: use that one")
	// ErrPermissions: others than the owner may read or write the file.
	ErrPermissions = errors.New("others may read or write it: chmod 600")
	// ErrGone: while the store was open its file was moved, deleted or replaced.
	ErrGone = errors.New("the file of the store is no longer in its place: put it back, or start again with the one that is there")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("the store is closed")
)

// defaultLockWait is how long Open waits for another process, unless told.
const defaultLockWait = 2 * time.Second

// Config says which file is meant.
type Config struct {
	// Path is the file. Required.
	Path string
	// Key opens it. Required.
	Key Key
	// Now tells the times of writes. Required.
	Now func() time.Time
	// LockWait is how long to wait for another process to close the file; zero
	// means 2 seconds.
	LockWait time.Duration
	// MustExist refuses, with an error that wraps fs.ErrNotExist, to make a new
	// file where there is none.
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

// Open opens the file, or makes it with mode 0600. Before it writes anything it
// looks through the whole file but for the values: structure, key, and the seal
// of each secret's name and info. The errors wrap those of this package, or what
// the system said.
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

// Close waits for the writes that are under way and gives the file back. It may
// be called more than once.
func (s *Store) Close() error {
	if !s.writer.stop() {
		return nil
	}
	if s.writer.broken != nil {
		return s.file.Close() // bbolt may wait for ever for the commit that failed
	}
	return s.db.Close()
}
