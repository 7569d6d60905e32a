package filestore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Top-level buckets of the file. bucketSecrets holds a bucket for each tenant, by its
// id, which holds a record for each name.
var (
	bucketHeader  = []byte("prefect-secrets")
	bucketSecrets = []byte("secrets")
)

// Keys of the header: the version of the format, unencrypted, and the sealed id of
// the store, which only the right key opens.
var (
	keyFormat = []byte("format")
	keyID     = []byte("id")
)

// format is the version of the file format that this package writes, one byte.
const format = 1

// create writes an empty store to a temporary file and links it to path, so that a
// crash leaves no partial store. If another process is faster, its store stays.
func create(path string, key Key) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-store-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := errors.Join(temp.Close(), initialise(temp.Name(), key)); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(path)
}

func initialise(path string, key Key) error {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	err = db.Update(func(tx *bbolt.Tx) error {
		header, err := tx.CreateBucket(bucketHeader)
		if err != nil {
			return err
		}
		_, err = tx.CreateBucket(bucketSecrets)
		return errors.Join(err,
			header.Put(keyFormat, []byte{format}),
			header.Put(keyID, appendSealed(nil, key.aead(), id, headerData([]byte{format}))))
	})
	return errors.Join(err, db.Close())
}

// readHeader checks that the file is a store of a known format, and opens the store's
// id with the key.
func readHeader(tx *bbolt.Tx, key Key) (*sealer, error) {
	header, secrets := tx.Bucket(bucketHeader), tx.Bucket(bucketSecrets)
	if header == nil {
		return nil, fmt.Errorf("%w: it is another program's bbolt file", ErrForeign)
	}
	version := header.Get(keyFormat)
	switch {
	case len(version) != 1 || version[0] == 0:
		return nil, fmt.Errorf("%w (its format is missing)", ErrDamaged)
	case version[0] > format:
		return nil, fmt.Errorf("%w (its format is %d)", ErrNewer, version[0])
	case secrets == nil:
		return nil, fmt.Errorf("%w (its secrets are missing)", ErrDamaged)
	}
	id, err := unseal(nil, key.aead(), header.Get(keyID), headerData(version))
	if err != nil {
		return nil, ErrKey
	}
	return &sealer{aead: key.aead(), storeID: id}, nil
}

// syncDir makes the directory entry of path durable.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
