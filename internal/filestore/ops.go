package filestore

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// checkEvery is how many names are read between two checks of the context.
const checkEvery = 256

// Set implements [cloud.Store].
func (s *Store) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	// The caller may return, and reuse value, before the writer has read it.
	value, updated := append(json.RawMessage(nil), value...), s.now()
	return s.writer.write(ctx, func(tx *bbolt.Tx) (bool, error) {
		info := cloud.Info{Version: 1, Updated: updated, Writer: writer}
		if record := lookup(tx, tenant, name); record != nil {
			old, equal, err := s.compare(tenant, name, record, value, compare)
			if err != nil || equal {
				return false, err
			}
			info.Version = old.Version + 1
		}
		bucket, err := tx.Bucket(bucketSecrets).CreateBucketIfNotExists([]byte(tenant))
		if err != nil {
			return false, err
		}
		return true, bucket.Put([]byte(name), s.sealer.sealRecord(tenant, name, info, value))
	})
}

// compare opens the info of a record and, if values is true, reports whether the
// record's value equals value.
func (s *Store) compare(tenant, name string, record, value []byte, values bool) (old cloud.Info, equal bool, err error) {
	var oldValue []byte
	if values {
		old, oldValue, err = s.sealer.openValue(tenant, name, record)
	} else {
		old, err = s.sealer.openInfo(tenant, name, record)
	}
	if err != nil {
		return old, false, damagedSecret(tenant, name)
	}
	return old, values && subtle.ConstantTimeCompare(oldValue, value) == 1, nil
}

// Get implements [cloud.Store].
func (s *Store) Get(ctx context.Context, tenant, name string) (value json.RawMessage, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		record := lookup(tx, tenant, name)
		if record == nil {
			return fmt.Errorf("%q: %w", name, cloud.ErrNotFound)
		}
		_, opened, err := s.sealer.openValue(tenant, name, record)
		if err != nil {
			return damagedSecret(tenant, name)
		}
		value = opened
		return nil
	})
	return value, err
}

// Delete implements [cloud.Store].
func (s *Store) Delete(ctx context.Context, tenant, name string) error {
	_, err := s.writer.write(ctx, func(tx *bbolt.Tx) (bool, error) {
		bucket := tx.Bucket(bucketSecrets).Bucket([]byte(tenant))
		if bucket == nil {
			return false, nil
		}
		return true, bucket.Delete([]byte(name))
	})
	return err
}

// Names implements [cloud.Store].
func (s *Store) Names(ctx context.Context, tenant string) ([]string, error) {
	names := []string{}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketSecrets).Bucket([]byte(tenant))
		if bucket == nil {
			return nil
		}
		return bucket.ForEach(func(name, _ []byte) error {
			names = append(names, string(name))
			return contextErrorEvery(ctx, len(names))
		})
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// Info implements [cloud.Store].
func (s *Store) Info(ctx context.Context, tenant string, names ...string) (map[string]cloud.Info, error) {
	infos := make(map[string]cloud.Info, len(names))
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		for i, name := range names {
			if err := contextErrorEvery(ctx, i); err != nil {
				return err
			}
			record := lookup(tx, tenant, name)
			if record == nil {
				continue
			}
			info, err := s.sealer.openInfo(tenant, name, record)
			if err != nil {
				return damagedSecret(tenant, name)
			}
			infos[name] = info
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return infos, nil
}

// Ping implements [cloud.Store].
func (s *Store) Ping(ctx context.Context) error {
	return s.view(ctx, func(*bbolt.Tx) error { return s.checkInPlace() })
}

// view runs read in one transaction, which sees no later write.
func (s *Store) view(ctx context.Context, read func(*bbolt.Tx) error) error {
	if err := contextError(ctx); err != nil {
		return err
	}
	err := recoverDamage(func() error { return s.db.View(read) })
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// lookup returns a record, nil if there is none. It is valid until the transaction
// ends.
func lookup(tx *bbolt.Tx, tenant, name string) []byte {
	bucket := tx.Bucket(bucketSecrets).Bucket([]byte(tenant))
	if bucket == nil {
		return nil
	}
	return bucket.Get([]byte(name))
}

// contextErrorEvery checks the context at every n that checkEvery divides.
func contextErrorEvery(ctx context.Context, n int) error {
	if n%checkEvery != 0 {
		return nil
	}
	return contextError(ctx)
}

func damagedSecret(tenant, name string) error {
	return fmt.Errorf("secret %q of tenant %s: %w", name, tenant, ErrDamaged)
}
