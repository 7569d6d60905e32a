package keysfile

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"regexp"
)

// A key is keyPrefix, 26 random characters of base32 (130 bits), and 7 that are
// the CRC-32 of what stands before them. Secret scanners find it by
// pfs_[A-Z2-7]{33} and tell it by the checksum from what only looks like one.
const keyPrefix = "pfs_"

// NewKey makes the bearer text of a key.
func NewKey() string {
	text := keyPrefix + rand.Text()
	return text + checksum(text)
}

func checksum(text string) string {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(text)))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
}

var keyShape = regexp.MustCompile(regexp.QuoteMeta(keyPrefix) + `[A-Z2-7]{16}`)

// looksLikeKey reports whether a text holds a key, or most of one.
func looksLikeKey(text string) bool { return keyShape.MatchString(text) }
