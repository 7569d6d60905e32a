// Package keysfile reads and writes the keys file of serve: tenants, keys by their
// hashes, and the workflows of GitHub Actions that may write.
//
// [Parse] reads a file, [NewKey] makes a key, [Format] writes a key as lines of the
// file, and [Keyring.Rotate] replaces one.
package keysfile

import (
	"fmt"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// Keyring is the content of a keys file: the tenants, and who may use them.
//
// The file holds hashes of keys and no keys, so that whoever reads it, in a backup or a
// repository, gains no access. A hash is SHA-256 without salt or work factor.
// Those slow down guessing the passwords that people choose, and [NewKey] makes keys of
// 130 random bits, which cannot be guessed. A key that a person chose must not be
// hashed like this, and keygen accepts none.
type Keyring struct {
	// URL is where clients reach this server, as they write it; the audience of
	// GitHub's tokens. Empty if the file does not say.
	URL     string
	Tenants []cloud.Tenant
	Keys    []cloud.Key // with Hash and Previous in place of Secret
	GitHub  []Mapping   // in the order of the file
}

// Parse reads a keys file; name is the file's name in errors. If the text is not TOML
// 1.0, the error has the position of the first fault. If anything else is wrong, it is
// a [*tomlfile.Error] with all problems. No error quotes a value.
func Parse(name string, text []byte) (*Keyring, error) {
	file, err := tomlfile.Open(name, string(text))
	switch {
	case err != nil && keyLine().Match(text):
		return nil, fmt.Errorf("%w: a line is a key itself: remove what keygen printed around its [[keys]], and next time let keygen --key-file FILE --append %s write both files", err, name)
	case err != nil:
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

// Expired returns the names of the keys that have expired at a time.
func (k *Keyring) Expired(now time.Time) (names []string) {
	for _, key := range k.Keys {
		if !key.Expires.IsZero() && !now.Before(key.Expires) {
			names = append(names, key.Name)
		}
	}
	return names
}
