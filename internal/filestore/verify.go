package filestore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// Verify opens every secret of a store that no other process has open, and writes
// nothing. The errors are those of [Open]; if the file is missing, the error wraps
// fs.ErrNotExist.
func Verify(path string, key Key) error {
	err := checkFile(path)
	if err == nil {
		_, err = verify(path, key, defaultLockWait, true)
	}
	if err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	return nil
}

// verify checks a file, and its values only if values is true. It writes nothing.
func verify(path string, key Key, wait time.Duration, values bool) (s *sealer, err error) {
	if err := checkMagic(path); err != nil {
		return nil, err
	}
	file, err := openBoltFile(path, wait, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.db.Close()) }()
	if err := file.checkPages(); err != nil {
		return nil, err
	}
	err = recoverDamage(func() error {
		return file.db.View(func(tx *bbolt.Tx) error {
			var err error
			if s, err = readHeader(tx, key); err != nil {
				return err
			}
			return s.verifyRecords(tx, values)
		})
	})
	return s, err
}

// checkBackup checks the structure of a file that no process has open, without a key.
// It finds a truncated backup.
func checkBackup(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := checkMagic(path); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return checkPages(f, info.Size())
}

// checkMagic refuses a file that is not a bbolt file. The first bytes of one never
// change, so no lock is needed.
func checkMagic(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, pageHeaderSize+4)
	if _, err := io.ReadFull(f, head); err != nil || order.Uint32(head[pageHeaderSize:]) != boltMagic {
		return fmt.Errorf("%w: it is not a bbolt file", ErrForeign)
	}
	return nil
}

// verifyRecords opens each record, or only its info.
func (s *sealer) verifyRecords(tx *bbolt.Tx, values bool) error {
	secrets := tx.Bucket(bucketSecrets)
	return secrets.ForEach(func(tenant, _ []byte) error {
		bucket := secrets.Bucket(tenant)
		if bucket == nil {
			return fmt.Errorf("%w (tenant %q)", ErrDamaged, tenant)
		}
		return bucket.ForEach(func(name, record []byte) error {
			var err error
			if values {
				_, _, err = s.openValue(tenant, name, record)
			} else {
				_, err = s.openInfo(tenant, name, record)
			}
			if err != nil {
				return damagedSecret(tenant, name)
			}
			return nil
		})
	})
}
