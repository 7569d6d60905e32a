package filestore

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// checkEvery is how many names are read between two checks of the context.
const checkEvery = 256

// Set implements [cloud.Store].
func (s *Store) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	// The caller may return, and reuse value, before the writer has read it.
	value, updated := slices.Clone(value), s.now()
	tenantKey, nameKey := []byte(tenant), []byte(name)
	return s.writer.write(ctx, tenant, func(tx *bbolt.Tx) (bool, error) {
		info := cloud.Info{Version: 1, Updated: updated, Writer: writer}
		bucket, err := tenantBucket(tx, tenantKey)
		if err != nil {
			return false, err
		}
		if record := bucket.Get(nameKey); record != nil {
			old, equal, err := s.compare(tenantKey, nameKey, record, value, compare)
			if err != nil || equal {
				return false, err
			}
			info.Version = old.Version + 1
		}
		return true, bucket.Put(nameKey, s.sealer.sealRecord(tenantKey, nameKey, info, value))
	})
}

// compare opens the info of a record and, if values is true, reports whether the
// record's value equals value.
func (s *Store) compare(tenant, name, record, value []byte, values bool) (old cloud.Info, equal bool, err error) {
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
		tenantKey, nameKey := []byte(tenant), []byte(name)
		record := lookup(tx, tenantKey, nameKey)
		if record == nil {
			return fmt.Errorf("%q: %w", name, cloud.ErrNotFound)
		}
		_, opened, err := s.sealer.openValue(tenantKey, nameKey, record)
		if err != nil {
			return damagedSecret(tenantKey, nameKey)
		}
		value = opened
		return nil
	})
	return value, err
}

// Delete implements [cloud.Store].
func (s *Store) Delete(ctx context.Context, tenant, name string) error {
	_, err := s.writer.write(ctx, tenant, func(tx *bbolt.Tx) (bool, error) {
		bucket := tx.Bucket(bucketSecrets).Bucket([]byte(tenant))
		if bucket == nil || bucket.Get([]byte(name)) == nil {
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
		tenantKey := []byte(tenant)
		for i, name := range names {
			if err := contextErrorEvery(ctx, i); err != nil {
				return err
			}
			nameKey := []byte(name)
			record := lookup(tx, tenantKey, nameKey)
			if record == nil {
				continue
			}
			info, err := s.sealer.openInfo(tenantKey, nameKey, record)
			if err != nil {
				return damagedSecret(tenantKey, nameKey)
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
func lookup(tx *bbolt.Tx, tenant, name []byte) []byte {
	bucket := tx.Bucket(bucketSecrets).Bucket(tenant)
	if bucket == nil {
		return nil
	}
	return bucket.Get(name)
}

// tenantBucket returns the bucket of a tenant, which it creates if it is missing.
func tenantBucket(tx *bbolt.Tx, tenant []byte) (*bbolt.Bucket, error) {
	secrets := tx.Bucket(bucketSecrets)
	if bucket := secrets.Bucket(tenant); bucket != nil {
		return bucket, nil
	}
	return secrets.CreateBucket(tenant)
}

// contextErrorEvery checks the context at every n that checkEvery divides.
func contextErrorEvery(ctx context.Context, n int) error {
	if n%checkEvery != 0 {
		return nil
	}
	return contextError(ctx)
}

func damagedSecret(tenant, name []byte) error {
	return fmt.Errorf("secret %q of tenant %s: %w", name, tenant, ErrDamaged)
}
