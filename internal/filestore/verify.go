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
// nothing. The errors are as [Open]'s; a missing file is one that wraps
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

// verify looks through a file, through the values only if told, and writes
// nothing.
func verify(path string, key Key, wait time.Duration, values bool) (s *sealer, err error) {
	if err := checkMagic(path); err != nil {
		return nil, err
	}
	opened, err := openBoltFile(path, wait, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.db.Close()) }()
	if err := opened.checkPages(); err != nil {
		return nil, err
	}
	err = recoverDamage(func() error {
		return opened.db.View(func(tx *bbolt.Tx) error {
			var err error
			if s, err = readHeader(tx, key); err != nil {
				return err
			}
			return s.verifyRecords(tx, values)
		})
	})
	return s, err
}

// CheckBackup looks through the structure of a file that is no store in use: it
// needs no key, and tells a backup that is cut off.
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

// checkMagic tells a bbolt file from others. Its first bytes never change, so no
// lock is needed.
func checkMagic(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, pageHeader+4)
	if _, err := io.ReadFull(f, head); err != nil || order.Uint32(head[pageHeader:]) != boltMagic {
		return fmt.Errorf("%w: it is no bbolt file", ErrForeign)
	}
	return nil
}

// verify opens each record, or the info of each.
func (s *sealer) verifyRecords(tx *bbolt.Tx, values bool) error {
	secrets := tx.Bucket(bucketSecrets)
	return secrets.ForEach(func(tenant, _ []byte) error {
		bucket := secrets.Bucket(tenant)
		if bucket == nil {
			return fmt.Errorf("%w (tenant %q)", ErrDamaged, tenant)
		}
		return bucket.ForEach(func(name, record []byte) error {
			open := func() error { _, _, err := s.openInfo(string(tenant), string(name), record); return err }
			if values {
				open = func() error { _, _, err := s.openValue(string(tenant), string(name), record); return err }
			}
			if open() != nil {
				return damagedSecret(string(tenant), string(name))
			}
			return nil
		})
	})
}
