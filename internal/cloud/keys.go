package cloud

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// key is a [Key] as the API uses it.
type key struct {
	Key
	tenants []Tenant
	// digest is the hash that the key is known by, and what its tokens are made of.
	digest [32]byte
	// kind is what was presented: the key itself, or a token of it.
	kind tokenKind
}

func (a *keyring) addKeys(keys []Key) error {
	a.keys = make(map[[32]byte]*key, len(keys))
	a.byName = make(map[string][]*key, len(keys))
	for _, k := range keys {
		if a.byName[k.Name] != nil {
			return fmt.Errorf("key %q is given twice", k.Name)
		}
		checked, err := a.checkKey(k)
		if err != nil {
			return err
		}
		if err := checkSecret(k); err != nil {
			return err
		}
		if err := a.addHashes(k, checked); err != nil {
			return err
		}
	}
	return nil
}

func checkSecret(k Key) error {
	if k.Secret == "" && k.Hash != [sha256.Size]byte{} {
		return nil
	}
	if k.Secret == "" || strings.ContainsFunc(k.Secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("the secret of key %q does not fit a header: use visible ASCII without spaces", k.Name)
	}
	return nil
}

func (a *keyring) checkKey(k Key) (*key, error) {
	switch {
	case k.Name == "":
		return nil, fmt.Errorf("a key has no name")
	case !k.Role.Known():
		return nil, fmt.Errorf("key %q has the role %q: use %s", k.Name, k.Role, RolesHelp())
	case len(k.Tenants) == 0:
		return nil, fmt.Errorf("key %q has no tenant", k.Name)
	case slices.Contains(k.Patterns, ""):
		return nil, fmt.Errorf("key %q has an empty pattern", k.Name)
	}
	out := &key{Key: k}
	out.Secret, out.Hash, out.Previous = "", [sha256.Size]byte{}, nil // requests are known by their hashes
	out.Patterns = slices.Clone(k.Patterns)
	for _, id := range k.Tenants {
		t, ok := a.tenant(strings.ToLower(id))
		if !ok {
			return nil, fmt.Errorf("key %q has the tenant %q, which does not exist", k.Name, id)
		}
		out.tenants = append(out.tenants, t)
	}
	return out, nil
}

// reaches reports whether the key's patterns allow a name.
func (k *key) reaches(name string) bool {
	return len(k.Patterns) == 0 || slices.ContainsFunc(k.Patterns, func(p string) bool { return matchGlob(p, name) })
}
