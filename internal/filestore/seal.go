package filestore

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
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

// joinFields joins fields so that no two lists of fields give the same bytes.
func joinFields(purpose string, fields ...[]byte) []byte {
	out := append(binary.AppendUvarint(nil, uint64(len(purpose))), purpose...)
	for _, field := range fields {
		out = append(binary.AppendUvarint(out, uint64(len(field))), field...)
	}
	return out
}

// seal returns a random nonce of 24 bytes followed by the sealed plaintext.
func seal(aead cipher.AEAD, plaintext, data []byte) []byte {
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plaintext)+aead.Overhead())
	_, _ = rand.Read(out)
	return aead.Seal(out, out, plaintext, data)
}

func unseal(aead cipher.AEAD, sealed, data []byte) ([]byte, error) {
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, errSeal
	}
	plaintext, err := aead.Open(nil, sealed[:n], sealed[n:], data)
	if err != nil {
		return nil, errSeal
	}
	return plaintext, nil
}

// sealRecord returns what the file holds for a name: the length of the sealed info,
// the sealed info, the sealed value.
func (s *sealer) sealRecord(tenant, name string, info cloud.Info, value []byte) []byte {
	encoded := encodeInfo(info)
	sealedInfo := seal(s.aead, encoded, s.associatedData(purposeInfo, tenant, name, nil))
	out := append(binary.AppendUvarint(nil, uint64(len(sealedInfo))), sealedInfo...)
	return append(out, seal(s.aead, value, s.associatedData(purposeValue, tenant, name, encoded))...)
}

func (s *sealer) associatedData(purpose, tenant, name string, info []byte) []byte {
	return joinFields(purpose, s.storeID, []byte(tenant), []byte(name), info)
}

// openInfo opens the info of a record.
func (s *sealer) openInfo(tenant, name string, record []byte) (cloud.Info, error) {
	encoded, _, err := s.splitRecord(tenant, name, record)
	if err != nil {
		return cloud.Info{}, err
	}
	return decodeInfo(encoded)
}

// openValue opens the info and the value of a record.
func (s *sealer) openValue(tenant, name string, record []byte) (cloud.Info, []byte, error) {
	encoded, sealedValue, err := s.splitRecord(tenant, name, record)
	if err != nil {
		return cloud.Info{}, nil, err
	}
	info, err := decodeInfo(encoded)
	if err != nil {
		return info, nil, err
	}
	value, err := unseal(s.aead, sealedValue, s.associatedData(purposeValue, tenant, name, encoded))
	return info, value, err
}

// splitRecord opens the info of a record, still encoded, and returns its sealed value.
func (s *sealer) splitRecord(tenant, name string, record []byte) (encodedInfo, sealedValue []byte, err error) {
	n, read := binary.Uvarint(record)
	if read <= 0 || n > uint64(len(record)-read) {
		return nil, nil, errSeal
	}
	sealedInfo, sealedValue := record[read:][:n], record[read:][n:]
	encodedInfo, err = unseal(s.aead, sealedInfo, s.associatedData(purposeInfo, tenant, name, nil))
	return encodedInfo, sealedValue, err
}

// encodeInfo encodes the version, the time in nanoseconds since 1970, and the writer.
func encodeInfo(i cloud.Info) []byte {
	out := binary.AppendUvarint(nil, uint64(i.Version))
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
