// Package keysfile is the file of serve that says who may ask for what: tenants,
// keys by their hashes, and workflows of GitHub Actions.
//
// [Parse] reads it, [NewKey] makes a key, [Format] writes a key as lines of the file,
// and [Keyring.Rotate] replaces one.
package keysfile

import (
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// Access is who may ask for what, as a keys file says it.
//
// The file holds hashes of keys and no keys, so that whoever reads it, a backup
// or a repository has no way in. A hash is one plain SHA-256 without a salt or a
// work factor: those slow the guessing of passwords that people choose, and
// [NewKey] makes keys of 130 random bits that no guessing reaches. A key that a
// person chose must not be hashed like this, and keygen takes none.
type Keyring struct {
	// URL is where clients reach this server, as they write it; the audience of
	// GitHub's tokens. Empty where the file does not say.
	URL     string
	Tenants []cloud.Tenant
	Keys    []cloud.Key // with Hash and Former in place of Secret
	GitHub  []Mapping   // in the order of the file
}

// Parse reads a keys file; name is what errors call it. A text that is not TOML 1.0
// fails with the place of the first fault, anything else that is wrong with a
// [*tomlfile.Error], which has all of it. No error quotes a value.
func Parse(name string, text []byte) (*Keyring, error) {
	file, err := tomlfile.Open(name, string(text))
	if err != nil {
		return nil, err
	}
	file.Unknown = keyTextHint
	r := newReader()
	r.file(file.Root())
	if err := file.Err(); err != nil {
		return nil, err
	}
	return &r.keyring, nil
}

// Expired names the keys that are refused at a moment.
func (a *Keyring) Expired(now time.Time) (names []string) {
	for _, k := range a.Keys {
		if !k.Expires.IsZero() && !now.Before(k.Expires) {
			names = append(names, k.Name)
		}
	}
	return names
}
