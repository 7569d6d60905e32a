package filestore

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// sealer seals the records of one store.
type sealer struct {
	aead    cipher.AEAD
	storeID []byte // part of all associated data
}

// Purposes are part of the associated data, so that one kind of sealed data is not
// accepted as another.
const (
	purposeHeader = "prefect-secrets header"
	purposeInfo   = "prefect-secrets info"
	purposeValue  = "prefect-secrets value"
)

// errSeal is never shown: its callers return ErrKey or ErrDamaged instead.
var errSeal = errors.New("a seal is broken")

// appendField appends a field so that no two lists of fields give the same bytes.
func appendField[T string | []byte](out []byte, field T) []byte {
	return append(binary.AppendUvarint(out, uint64(len(field))), field...)
}

// headerData returns the associated data of the store's id.
func headerData(version []byte) []byte {
	return appendField(appendField(nil, purposeHeader), version)
}

// sealedLen returns the length of a sealed plaintext.
func sealedLen(aead cipher.AEAD, plaintext []byte) int {
	return aead.NonceSize() + len(plaintext) + aead.Overhead()
}

// appendSealed appends a random nonce of 24 bytes and the sealed plaintext to out.
func appendSealed(out []byte, aead cipher.AEAD, plaintext, data []byte) []byte {
	start, end := len(out), len(out)+aead.NonceSize()
	out = slices.Grow(out, sealedLen(aead, plaintext))[:end]
	_, _ = rand.Read(out[start:])
	return aead.Seal(out, out[start:end], plaintext, data)
}

// unseal appends the plaintext to out, which may be nil.
func unseal(out []byte, aead cipher.AEAD, sealed, data []byte) ([]byte, error) {
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, errSeal
	}
	plaintext, err := aead.Open(out, sealed[:n], sealed[n:], data)
	if err != nil {
		return nil, errSeal
	}
	return plaintext, nil
}

// buffers are what sealing or opening a record needs for a moment. They never hold a
// value.
type buffers struct{ info, data []byte }

var bufferPool = sync.Pool{New: func() any { return new(buffers) }}

// associatedData is valid until the next call.
func (b *buffers) associatedData(s *sealer, purpose string, tenant, name, info []byte) []byte {
	b.data = appendField(appendField(b.data[:0], purpose), s.storeID)
	b.data = appendField(appendField(appendField(b.data, tenant), name), info)
	return b.data
}

// sealRecord returns what the file holds for a name: the length of the sealed info,
// the sealed info, the sealed value.
func (s *sealer) sealRecord(tenant, name []byte, info cloud.Info, value []byte) []byte {
	b := bufferPool.Get().(*buffers)
	defer bufferPool.Put(b)
	b.info = appendInfo(b.info[:0], info)
	infoLen := sealedLen(s.aead, b.info)
	out := make([]byte, 0, binary.MaxVarintLen32+infoLen+sealedLen(s.aead, value))
	out = binary.AppendUvarint(out, uint64(infoLen))
	out = appendSealed(out, s.aead, b.info, b.associatedData(s, purposeInfo, tenant, name, nil))
	return appendSealed(out, s.aead, value, b.associatedData(s, purposeValue, tenant, name, b.info))
}

// openInfo opens the info of a record.
func (s *sealer) openInfo(tenant, name, record []byte) (cloud.Info, error) {
	b := bufferPool.Get().(*buffers)
	defer bufferPool.Put(b)
	if _, err := s.splitRecord(b, tenant, name, record); err != nil {
		return cloud.Info{}, err
	}
	return decodeInfo(b.info)
}

// openValue opens the info and the value of a record.
func (s *sealer) openValue(tenant, name, record []byte) (cloud.Info, []byte, error) {
	b := bufferPool.Get().(*buffers)
	defer bufferPool.Put(b)
	sealedValue, err := s.splitRecord(b, tenant, name, record)
	if err != nil {
		return cloud.Info{}, nil, err
	}
	info, err := decodeInfo(b.info)
	if err != nil {
		return info, nil, err
	}
	value, err := unseal(nil, s.aead, sealedValue, b.associatedData(s, purposeValue, tenant, name, b.info))
	return info, value, err
}

// splitRecord opens the info of a record, which b then has, still encoded. It returns
// the sealed value.
func (s *sealer) splitRecord(b *buffers, tenant, name, record []byte) (sealedValue []byte, err error) {
	n, read := binary.Uvarint(record)
	if read <= 0 || n > uint64(len(record)-read) {
		return nil, errSeal
	}
	sealedInfo, sealedValue := record[read:][:n], record[read:][n:]
	b.info, err = unseal(b.info[:0], s.aead, sealedInfo, b.associatedData(s, purposeInfo, tenant, name, nil))
	return sealedValue, err
}

// appendInfo appends the version, the time in nanoseconds since 1970, and the writer.
func appendInfo(out []byte, i cloud.Info) []byte {
	out = binary.AppendUvarint(out, uint64(i.Version))
	return append(binary.AppendVarint(out, i.Updated.UnixNano()), i.Writer...)
}

func decodeInfo(encoded []byte) (cloud.Info, error) {
	version, n := binary.Uvarint(encoded)
	if n <= 0 {
		return cloud.Info{}, errSeal
	}
	nanos, m := binary.Varint(encoded[n:])
	if m <= 0 {
		return cloud.Info{}, errSeal
	}
	return cloud.Info{Version: int(version), Updated: time.Unix(0, nanos).UTC(), Writer: string(encoded[n+m:])}, nil
}
