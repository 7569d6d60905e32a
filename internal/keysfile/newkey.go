package keysfile

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"regexp"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// keyPrefix begins each key. It is followed by 26 random characters of base32 (130
// bits), and 7 with the CRC-32 of everything before them. Secret scanners can search
// for pfs_[A-Z2-7]{33}, and use the checksum to tell a key from a string that looks
// like one.
const keyPrefix = "pfs_"

// NewKey returns a new random key, as clients send it.
func NewKey() string {
	text := keyPrefix + rand.Text()
	return text + checksum(text)
}

func checksum(text string) string {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(text)))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
}

var keyShape = lazyregexp.New(regexp.QuoteMeta(keyPrefix) + `[A-Z2-7]{16}`)

// keyLine matches a line that is a key and nothing else, as keygen prints it.
var keyLine = lazyregexp.New(`(?m)^\s*` + regexp.QuoteMeta(keyPrefix) + `[A-Z2-7]{16,}\s*$`)

// looksLikeKey reports whether a string contains a key, or most of one.
func looksLikeKey(s string) bool { return keyShape().MatchString(s) }
