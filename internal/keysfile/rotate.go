package keysfile

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// Rotate is the key of a name, its tenants by their slugs, whose hash has become
// its former one, good until a moment. One that was former before is gone. The
// caller gives it its new hash.
func (a *Access) Rotate(name string, until time.Time) (cloud.Key, error) {
	names := make([]string, len(a.Keys))
	for i, k := range a.Keys {
		names[i] = k.Name
		if k.Name == name {
			k.Previous = []cloud.PreviousHash{{Hash: k.Hash, Expires: until.Truncate(time.Second)}}
			k.Tenants = a.slugsOf(k.Tenants)
			return k, nil
		}
	}
	if question := nearest.Question(name, names, strconv.Quote); question != "" {
		return cloud.Key{}, fmt.Errorf("there is no key %q: %s", name, question)
	}
	return cloud.Key{}, fmt.Errorf("there is no key %q in the keys file: make one with --name", name)
}

func (a *Access) slugsOf(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		for _, t := range a.Tenants {
			if t.ID == id {
				out[i] = t.Slug
			}
		}
	}
	return out
}
