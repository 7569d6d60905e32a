package cloud

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// access is who may ask for what. It is never changed once it is in use.
type keyring struct {
	tenants []Tenant
	keys    map[[32]byte]*key
	byName  map[string][]*key // more than one while a key is rotated
}

func (a *keyring) addTenants(tenants []Tenant) error {
	if len(tenants) == 0 {
		return errors.New("an API needs at least one tenant")
	}
	seen := map[string]bool{}
	for _, t := range tenants {
		t.ID = strings.ToLower(t.ID)
		if t.Name == "" {
			t.Name = t.Slug
		}
		switch {
		case !IsUUID(t.ID):
			return fmt.Errorf("tenant id %q is not a UUID", t.ID)
		case t.Slug == "":
			return fmt.Errorf("tenant %s has no slug", t.ID)
		case seen[t.ID] || seen[t.Slug]:
			return fmt.Errorf("tenant %s (%s) is given twice", t.Slug, t.ID)
		}
		seen[t.ID], seen[t.Slug] = true, true
		a.tenants = append(a.tenants, t)
	}
	return nil
}

// tenant finds a tenant by its id in lower case.
func (a *keyring) tenant(id string) (Tenant, bool) {
	for _, t := range a.tenants {
		if t.ID == id {
			return t, true
		}
	}
	return Tenant{}, false
}

// IsUUID reports whether s has the form of a UUID in lower case.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !strings.ContainsRune("0123456789abcdef", rune(s[i])) {
			return false
		}
	}
	return true
}

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

// addHashes lets a key be found by what it has been given with.
func (a *keyring) addHashes(k Key, checked *key) error {
	current := k.Hash
	if k.Secret != "" {
		current = sha256.Sum256([]byte(k.Secret))
	}
	if err := a.addHash(current, checked); err != nil {
		return err
	}
	for _, former := range k.Previous {
		old := *checked
		if old.Expires.IsZero() || former.Expires.Before(old.Expires) {
			old.Expires = former.Expires
		}
		if err := a.addHash(former.Hash, &old); err != nil {
			return err
		}
	}
	return nil
}

func (a *keyring) addHash(hash [sha256.Size]byte, k *key) error {
	if other := a.keys[hash]; other != nil {
		return fmt.Errorf("keys %q and %q have the same secret", other.Name, k.Name)
	}
	k.digest = hash
	a.keys[hash] = k
	a.byName[k.Name] = append(a.byName[k.Name], k)
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
