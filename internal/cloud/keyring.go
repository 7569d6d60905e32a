package cloud

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/smallmap"
)

// Keyring is the tenants and keys of an API. It never changes, so APIs may share one.
type Keyring struct {
	tenants []Tenant
	keys    smallmap.Map[*key] // by hash, as a string
	byName  smallmap.Map[*key] // the last; key.sameName leads to the others
}

// NewKeyring checks tenants and keys. Its errors hold no key's secret.
func NewKeyring(tenants []Tenant, keys []Key) (*Keyring, error) {
	r := &Keyring{}
	if err := r.addTenants(tenants); err != nil {
		return nil, err
	}
	if err := r.addKeys(keys); err != nil {
		return nil, err
	}
	return r, nil
}

// Format writes nothing of the keys, whatever the verb.
func (*Keyring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "cloud.Keyring") }

func (r *Keyring) addTenants(tenants []Tenant) error {
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
		r.tenants = append(r.tenants, t)
	}
	return nil
}

// tenant returns the tenant with that id, which is in lower case.
func (r *Keyring) tenant(id string) (Tenant, bool) {
	for _, t := range r.tenants {
		if t.ID == id {
			return t, true
		}
	}
	return Tenant{}, false
}

// IsUUID reports whether s is a UUID in lower case.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !isLowerHex(s[i]) {
			return false
		}
	}
	return true
}

func isLowerHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

// key is a [Key] as the API uses it.
type key struct {
	Key
	tenants []Tenant
	// digest is the hash by which the key is found, and from which its tokens are
	// made.
	digest [32]byte
	// sameName is another key of this name, while one is rotated, or nil.
	sameName *key
	// kind says what the client sent: the key itself, or a token of it.
	kind tokenKind
}

func (r *Keyring) addKeys(keys []Key) error {
	for _, k := range keys {
		if _, ok := r.byName.Get(k.Name); ok {
			return fmt.Errorf("key %q is given twice", k.Name)
		}
		checked, err := r.checkKey(k)
		if err != nil {
			return err
		}
		if err := checkSecret(k); err != nil {
			return err
		}
		if err := r.addHashes(k, checked); err != nil {
			return err
		}
	}
	return nil
}

// addHashes makes a key be found by the hashes of its current and its previous secrets.
func (r *Keyring) addHashes(k Key, checked *key) error {
	current := k.Hash
	if k.Secret != "" {
		current = sha256.Sum256([]byte(k.Secret))
	}
	if err := r.addHash(current, checked); err != nil {
		return err
	}
	for _, p := range k.Previous {
		previous := *checked
		if previous.Expires.IsZero() || p.Expires.Before(previous.Expires) {
			previous.Expires = p.Expires
		}
		if err := r.addHash(p.Hash, &previous); err != nil {
			return err
		}
	}
	return nil
}

func (r *Keyring) addHash(hash [sha256.Size]byte, k *key) error {
	if other, ok := r.keys.Get(string(hash[:])); ok {
		return fmt.Errorf("keys %q and %q have the same secret", other.Name, k.Name)
	}
	k.digest = hash
	r.keys.Set(string(hash[:]), k)
	k.sameName, _ = r.byName.Get(k.Name)
	r.byName.Set(k.Name, k)
	return nil
}

// checkSecret returns an error if a key has neither a hash nor a secret that fits a
// header.
func checkSecret(k Key) error {
	if k.Secret == "" && k.Hash != [sha256.Size]byte{} {
		return nil
	}
	if k.Secret == "" || strings.ContainsFunc(k.Secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf(
			"the secret of key %q does not fit a header: use visible ASCII without spaces", k.Name)
	}
	return nil
}

// checkKey returns a key as the API uses it, without its secrets, or the reason why it
// is invalid.
func (r *Keyring) checkKey(k Key) (*key, error) {
	switch {
	case k.Name == "":
		return nil, fmt.Errorf("a key has no name")
	case !k.Role.Valid():
		return nil, fmt.Errorf("key %q has the role %q: use %s", k.Name, k.Role, RolesHelp())
	case len(k.Tenants) == 0:
		return nil, fmt.Errorf("key %q has no tenant", k.Name)
	case slices.Contains(k.Patterns, ""):
		return nil, fmt.Errorf("key %q has an empty pattern", k.Name)
	}
	out := &key{Key: k}
	out.Secret, out.Hash, out.Previous = "", [sha256.Size]byte{}, nil // keys are found by their hashes
	out.Patterns = slices.Clone(k.Patterns)
	for _, id := range k.Tenants {
		t, ok := r.tenant(strings.ToLower(id))
		if !ok {
			return nil, fmt.Errorf("key %q has the tenant %q, which does not exist", k.Name, id)
		}
		out.tenants = append(out.tenants, t)
	}
	return out, nil
}

// reaches reports whether the key's patterns allow a name.
func (k *key) reaches(name string) bool {
	matches := func(pattern string) bool { return matchGlob(pattern, name) }
	return len(k.Patterns) == 0 || slices.ContainsFunc(k.Patterns, matches)
}
