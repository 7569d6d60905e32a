package cloud

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"
)

// FormerHash is a bearer text that a [Key] had before.
type PreviousHash struct {
	// Hash is the SHA-256 of the text.
	Hash [sha256.Size]byte
	// Expires is the first moment at which it is refused. Required.
	Expires time.Time
}

// identify finds the key that a bearer text is, or is a token of; nil if there is
// none or it has expired. The text is looked up by its hash, so the time it takes
// tells nothing.
func (a *API) identify(ctx context.Context, token string) *key {
	access, now := a.keyring.Load(), a.config.Now()
	k := access.keys[sha256.Sum256([]byte(token))]
	if k == nil {
		k = access.keyOfToken(token, a.config.TokenSecret, now)
	}
	if k == nil && a.config.Authenticate != nil {
		k = a.externalKey(ctx, access, token)
	}
	if k == nil || !k.Expires.IsZero() && !now.Before(k.Expires) {
		return nil
	}
	if a.config.OnKnown != nil {
		a.config.OnKnown(ctx)
	}
	return k
}

// KeyOf is the key of a request's Authorization header, without Secret, Hash and
// Former, for handlers beside the API. Itself is false where the header has a token
// of switchTenant in its place.
func (a *API) KeyOf(r *http.Request) (k Key, itself, known bool) {
	text, ok := Bearer(r.Header)
	if !ok {
		return Key{}, false, false
	}
	found := a.identify(r.Context(), text)
	if found == nil || found.kind == refreshKind {
		return Key{}, false, false
	}
	k = found.Key
	k.Tenants = nil
	for _, t := range found.tenants {
		k.Tenants = append(k.Tenants, t.ID)
	}
	return k, found.kind == keyKind, true
}

// foreign asks Config.Authenticate for a key that is not among ours.
func (a *API) externalKey(ctx context.Context, access *keyring, token string) *key {
	found, err := a.config.Authenticate(ctx, token)
	if found == nil || err != nil {
		return nil
	}
	k, err := access.checkKey(*found)
	if err != nil {
		return nil
	}
	return k
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
