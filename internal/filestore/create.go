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

// Buckets of the file. Secrets has one bucket for each tenant, by its id, and in
// it a record for each name.
var (
	bucketHeader  = []byte("prefect-secrets")
	bucketSecrets = []byte("secrets")
)

// Keys of the header: the version of the format in clear, and the sealed id of
// the store, by which a wrong key is known.
var (
	keyFormat = []byte("format")
	keyID     = []byte("id")
)

// format is the version of the format that this package writes, one byte.
const format = 1

// create makes an empty store beside its place and then puts it there, so that
// a crash leaves no half of one. If another process is faster, its store stays.
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
		_, secrets := tx.CreateBucket(bucketSecrets)
		return errors.Join(secrets,
			header.Put(keyFormat, []byte{format}),
			header.Put(keyID, seal(key.aead(), id, joinFields(purposeHeader, []byte{format}))))
	})
	return errors.Join(err, db.Close())
}

// readHeader finds out whose file it is, and opens it with the key.
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
	id, err := unseal(key.aead(), header.Get(keyID), joinFields(purposeHeader, version))
	if err != nil {
		return nil, ErrKey
	}
	return &sealer{aead: key.aead(), storeID: id}, nil
}

// syncDir makes the entry of path in its directory durable.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
