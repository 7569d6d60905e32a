package filestore

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
)

// Key seals a store. [ParseKey] and [ReadKeyFile] return one; the zero Key opens
// nothing. It prints as [redacted] under every verb.
type Key struct{ aead func() cipher.AEAD }

// Format implements fmt.Formatter and hides the key.
func (Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[redacted]") }

// errBadKey quotes nothing: what was parsed may be nearly a key.
var errBadKey = errors.New("not a store key, which is 32 bytes in base64 or 64 hexadecimal digits: prefect-secrets keygen --store-key makes one")

// NewKey returns a new random key in base64, without a newline.
func NewKey() string {
	key := make([]byte, chacha20poly1305.KeySize)
	_, _ = rand.Read(key) // never fails, by its documentation
	return base64.StdEncoding.EncodeToString(key)
}

// ParseKey parses a key: 32 bytes in hexadecimal digits, or in base64 of either
// alphabet, with padding or without. It ignores surrounding white space. No error
// holds any part of text.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	key, err := hex.DecodeString(text)
	if err != nil {
		unpadded := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		key, err = base64.RawStdEncoding.DecodeString(unpadded)
	}
	if err != nil || len(key) != chacha20poly1305.KeySize {
		return Key{}, errBadKey
	}
	aead, err := chacha20poly1305.NewX(key)
	return Key{func() cipher.AEAD { return aead }}, err
}

// maxKeyFile bounds what is read of a key file, in bytes. No valid key is as long.
const maxKeyFile = 1 << 10

// ReadKeyFile reads a key from a file that only its owner may read, as
// [privatefile.Read] does.
func ReadKeyFile(path string) (Key, error) {
	text, err := privatefile.Read(path, maxKeyFile)
	if err != nil {
		return Key{}, err
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}
