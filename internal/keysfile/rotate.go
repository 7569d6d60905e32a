package keysfile

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// Rotate returns the key with a name, its tenants by their slugs, with its hash as the
// previous one, valid until the given time. An earlier previous hash is dropped. The
// caller sets the new hash.
func (k *Keyring) Rotate(name string, until time.Time) (cloud.Key, error) {
	names := make([]string, len(k.Keys))
	for i, key := range k.Keys {
		names[i] = key.Name
		if key.Name == name {
			key.Previous = []cloud.PreviousHash{{Hash: key.Hash, Expires: until.Truncate(time.Second)}}
			key.Tenants = k.slugs(key.Tenants)
			return key, nil
		}
	}
	if question := nearest.Question(name, names, strconv.Quote); question != "" {
		return cloud.Key{}, fmt.Errorf("there is no key %q: %s", name, question)
	}
	return cloud.Key{}, fmt.Errorf("there is no key %q in the keys file: make one with --name", name)
}

// slugs returns the slugs of tenants, in the order of their ids.
func (k *Keyring) slugs(ids []string) []string {
	slugs := make([]string, len(ids))
	for i, id := range ids {
		for _, t := range k.Tenants {
			if t.ID == id {
				slugs[i] = t.Slug
			}
		}
	}
	return slugs
}
