// Package barebolt stores values in a bbolt file, durably and without anything else:
// no sealing, no version of a value, no check that the file is still in place. The
// benchmarks compare the file store with it.
package barebolt

import (
	"context"
	"encoding/binary"
	"errors"
	"os"

	"go.etcd.io/bbolt"

	"github.com/prefect-secrets/prefect-secrets/internal/groupcommit"
)

// maxCommit is the most puts that share one commit, as in the file store.
const maxCommit = 256

// DB is an open file. Puts that wait at the same time share one commit.
type DB struct {
	bolt  *bbolt.DB
	queue *groupcommit.Queue[put]
	done  chan struct{}
}

type put struct {
	bucket, key, value []byte
	err                chan error
}

var root = []byte("secrets")

// Open opens or creates a file.
func Open(path string) (*DB, error) {
	bolt, err := bbolt.Open(path, 0o600, &bbolt.Options{
		FreelistType: bbolt.FreelistMapType, NoStatistics: true, InitialMmapSize: 1 << 30,
	})
	if err != nil {
		return nil, err
	}
	err = bolt.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucketIfNotExists(root); return err })
	if err != nil {
		return nil, errors.Join(err, bolt.Close())
	}
	db := &DB{bolt: bolt, queue: groupcommit.New[put](maxCommit), done: make(chan struct{})}
	go db.run()
	return db, nil
}

// Close closes the file.
func (db *DB) Close() error {
	db.queue.Close()
	<-db.done
	return db.bolt.Close()
}

// Put returns once the value is on the disk.
func (db *DB) Put(bucket, key string, value []byte) error {
	p := put{[]byte(bucket), []byte(key), value, make(chan error, 1)}
	if err := db.queue.Add(context.Background(), p); err != nil {
		return err
	}
	return <-p.err
}

// Get returns a copy of a value.
func (db *DB) Get(bucket, key string) (value []byte, err error) {
	err = db.bolt.View(func(tx *bbolt.Tx) error {
		value = append(value, tx.Bucket(root).Bucket([]byte(bucket)).Get([]byte(key))...)
		return nil
	})
	return value, err
}

func (db *DB) run() {
	defer close(db.done)
	for puts := db.queue.Next(); puts != nil; puts = db.queue.Next() {
		err := db.bolt.Update(func(tx *bbolt.Tx) error {
			for _, p := range puts {
				bucket, err := tx.Bucket(root).CreateBucketIfNotExists(p.bucket)
				if err != nil {
					return err
				}
				if err := bucket.Put(p.key, p.value); err != nil {
					return err
				}
			}
			return nil
		})
		db.queue.Committed()
		for _, p := range puts {
			p.err <- err
		}
	}
}

// Commits returns how many commits a bbolt file has had: the greater transaction id of
// its two meta pages.
func Commits(path string) (float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	newest := uint64(0)
	for page := range int64(2) {
		id := make([]byte, 8)
		if _, err := file.ReadAt(id, page*int64(os.Getpagesize())+64); err != nil {
			return 0, err
		}
		newest = max(newest, binary.NativeEndian.Uint64(id))
	}
	return float64(newest), nil
}
