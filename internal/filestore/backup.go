package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup writes the store as it is at one moment, still sealed: a file that
// [Restore] and [Open] accept. Readers and writers go on meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	out := &contextWriter{ctx: ctx, w: w}
	return s.view(ctx, func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(out)
		if out.err != nil {
			err = out.err
		}
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		return nil
	})
}

// contextWriter fails once its context is done. It records its error, because bbolt
// passes on only the error's text.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (c *contextWriter) Write(p []byte) (n int, err error) {
	if c.err = contextError(c.ctx); c.err != nil {
		return 0, c.err
	}
	n, c.err = c.w.Write(p)
	return n, c.err
}

// BackupPath is the path at which a server mounts [Store.BackupHandler], and which
// prefect-secrets backup --api-url requests.
const BackupPath = "/backup"

// BackupHandler answers GET with [Store.Backup]. Allow reports whether a request
// may have it: the bytes are sealed, but they are those of every tenant. If a backup
// fails after its first byte, the handler aborts the connection, so that no client
// treats the truncated response as complete.
func (s *Store) BackupHandler(allow func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case r.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
		case !allow(r):
			http.Error(w, "a backup needs an admin key of every tenant", http.StatusForbidden)
		default:
			w.Header().Set("Content-Type", "application/octet-stream")
			if err := s.Backup(r.Context(), w); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	})
}

// SaveBackup writes a backup to a new file of mode 0600, completely or not at all.
// Copy is [Store.Backup], or another source of the same bytes. Only with force does
// it replace an existing file; otherwise the error wraps fs.ErrExist.
func SaveBackup(path string, force bool, copy func(io.Writer) error) error {
	return replaceFile(path, force, copy, checkBackup)
}

// Restore verifies that key opens every secret of the backup, and then replaces the
// store with a copy of it, completely or not at all. It replaces an existing store
// only with force, and never one that a process has open ([ErrLocked]).
func Restore(backup, store string, key Key, force bool) error {
	f, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer f.Close()
	release, err := lockExisting(store, force)
	if err != nil {
		return err
	}
	defer release()
	copyBackup := func(w io.Writer) error { _, err := io.Copy(w, f); return err }
	check := func(temp string) error {
		if err := Verify(temp, key); err != nil {
			return fmt.Errorf("backup %s: %w", backup, errors.Unwrap(err))
		}
		return nil
	}
	return replaceFile(store, force, copyBackup, check)
}

// lockExisting locks the store that Restore is about to replace, if it exists. If it is
// too damaged to be locked, Restore replaces it all the same.
func lockExisting(store string, force bool) (release func(), err error) {
	if _, err := os.Stat(store); err != nil || !force {
		return func() {}, nil
	}
	old, err := openBoltFile(store, defaultLockWait, false)
	if errors.Is(err, ErrLocked) {
		return nil, fmt.Errorf("store %s: %w", store, err)
	}
	if err != nil {
		return func() {}, nil
	}
	return func() { _ = old.file.Close() }, nil
}

// replaceFile writes a temporary file next to path, checks it, and moves it to path.
// Without force it never replaces an existing file.
func replaceFile(path string, force bool, write func(io.Writer) error, check func(path string) error) error {
	if _, err := os.Lstat(path); err == nil && !force {
		return fmt.Errorf("%s: %w: use --force to replace it", path, fs.ErrExist)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".backup-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := errors.Join(write(temp), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := check(temp.Name()); err != nil {
		return err
	}
	move := os.Link // fails if path exists by now
	if force {
		move = os.Rename
	}
	if err := move(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(path)
}
