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

// maxCommit is the most calls of Put and PutAll that share one commit: the most writes, as in the file store.
const maxCommit = 256

// DB is an open file. Puts that wait at the same time share one commit.
type DB struct {
	bolt  *bbolt.DB
	queue *groupcommit.Queue[puts]
	done  chan struct{}
}

// Pair is a key with its value.
type Pair struct{ Key, Value []byte }

type puts struct {
	bucket []byte
	pairs  []Pair
	err    chan error
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
	db := &DB{bolt: bolt, queue: groupcommit.New[puts](maxCommit), done: make(chan struct{})}
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
	return db.PutAll(bucket, Pair{[]byte(key), value})
}

// PutAll returns once all values are on the disk. They share one commit.
func (db *DB) PutAll(bucket string, pairs ...Pair) error {
	p := puts{[]byte(bucket), pairs, make(chan error, 1)}
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
	for group := db.queue.Next(); group != nil; group = db.queue.Next() {
		err := db.bolt.Update(func(tx *bbolt.Tx) error {
			for _, p := range group {
				if err := p.apply(tx); err != nil {
					return err
				}
			}
			return nil
		})
		db.queue.Committed()
		for _, p := range group {
			p.err <- err
		}
	}
}

func (p puts) apply(tx *bbolt.Tx) error {
	bucket, err := tx.Bucket(root).CreateBucketIfNotExists(p.bucket)
	for _, pair := range p.pairs {
		if err == nil {
			err = bucket.Put(pair.Key, pair.Value)
		}
	}
	return err
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
