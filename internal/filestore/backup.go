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

// Backup writes the store as it is at one moment, sealed as ever: a file that
// [Restore] and [Open] take. Readers and writers go on meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	out := &contextWriter{ctx: ctx, w: w}
	return s.view(ctx, func(tx *bbolt.Tx) error {
		if _, err := tx.WriteTo(out); out.err != nil {
			return fmt.Errorf("backup: %w", out.err)
		} else if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		return nil
	})
}

// stopWriter stops where its context does. It keeps its error, of which bbolt
// passes on the text alone.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (s *contextWriter) Write(p []byte) (n int, err error) {
	if s.err = contextError(s.ctx); s.err != nil {
		return 0, s.err
	}
	n, s.err = s.w.Write(p)
	return n, s.err
}

// SaveBackup writes a file of mode 0600 that is there whole or not at all. Copy is
// [Store.Backup], or another source of the same bytes. A file that exists is
// replaced only with force; otherwise the error wraps fs.ErrExist.
func SaveBackup(path string, force bool, copy func(io.Writer) error) error {
	return replaceFile(path, force, copy, checkBackup)
}

// Restore verifies that key opens every secret of the backup, and then puts a copy
// of it in the store's place, whole or not at all. A store that exists is replaced
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
	copyAll := func(w io.Writer) error { _, err := io.Copy(w, f); return err }
	check := func(temp string) error {
		if err := Verify(temp, key); err != nil {
			return fmt.Errorf("backup %s: %w", backup, errors.Unwrap(err))
		}
		return nil
	}
	return replaceFile(store, force, copyAll, check)
}

// holdOld locks the store that is to be replaced, if there is one that can be
// locked; one that is damaged beyond that is replaced all the same.
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

// place makes a file beside its place, checks it, and renames it there.
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
	return move(temp.Name(), path, force)
}

func move(temp, path string, force bool) error {
	if force {
		if err := os.Rename(temp, path); err != nil {
			return err
		}
		return syncDir(path)
	}
	if err := os.Link(temp, path); err != nil {
		return err
	}
	return syncDir(path)
}

// BackupPath is where a server puts [Store.BackupHandler], and where
// prefect-secrets backup --api-url asks.
const BackupPath = "/backup"

// BackupHandler answers a GET with [Store.Backup]. Allow says whether a request
// may have it: the bytes are sealed, but they are those of every tenant. An answer
// that was begun and cannot be finished ends with its connection, so that nobody
// takes it for a whole one.
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
