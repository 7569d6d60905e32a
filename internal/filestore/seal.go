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
	storeID []byte // the id of the store, part of all associated data
}

// Purposes keep one kind of sealed text from standing in for another.
const (
	purposeHeader = "prefect-secrets header"
	purposeInfo   = "prefect-secrets info"
	purposeValue  = "prefect-secrets value"
)

var errSeal = errors.New("a seal is broken")

// associated joins fields so that no two lists of fields give the same bytes.
func joinFields(purpose string, fields ...[]byte) []byte {
	out := append(binary.AppendUvarint(nil, uint64(len(purpose))), purpose...)
	for _, field := range fields {
		out = append(binary.AppendUvarint(out, uint64(len(field))), field...)
	}
	return out
}

// seal is a random nonce, 24 bytes, and the sealed text.
func seal(aead cipher.AEAD, plain, data []byte) []byte {
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(out)
	return aead.Seal(out, out, plain, data)
}

func unseal(aead cipher.AEAD, sealed, data []byte) ([]byte, error) {
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, errSeal
	}
	plain, err := aead.Open(nil, sealed[:n], sealed[n:], data)
	if err != nil {
		return nil, errSeal
	}
	return plain, nil
}

// record makes what the file has under a name: the length of the sealed info, the
// sealed info, the sealed value.
func (s *sealer) sealRecord(tenant, name string, info cloud.Info, value []byte) []byte {
	plain := encodeInfo(info)
	sealedInfo := seal(s.aead, plain, s.associatedData(purposeInfo, tenant, name, nil))
	out := append(binary.AppendUvarint(nil, uint64(len(sealedInfo))), sealedInfo...)
	return append(out, seal(s.aead, value, s.associatedData(purposeValue, tenant, name, plain))...)
}

func (s *sealer) associatedData(purpose, tenant, name string, info []byte) []byte {
	return joinFields(purpose, s.storeID, []byte(tenant), []byte(name), info)
}

// info opens the info of a record; rest is for [sealer.openValue].
func (s *sealer) openInfo(tenant, name string, record []byte) (info cloud.Info, rest openedInfo, err error) {
	n, read := binary.Uvarint(record)
	if read <= 0 || n > uint64(len(record)-read) {
		return info, rest, errSeal
	}
	record = record[read:]
	plain, err := unseal(s.aead, record[:n], s.associatedData(purposeInfo, tenant, name, nil))
	if err != nil {
		return info, rest, err
	}
	info, err = decodeInfo(plain)
	return info, openedInfo{plain, record[n:]}, err
}

// openedInfo is the info that a value is sealed together with, and that value.
type openedInfo struct{ plain, sealedValue []byte }

// value opens the whole of a record.
func (s *sealer) openValue(tenant, name string, record []byte) (cloud.Info, []byte, error) {
	info, opened, err := s.openInfo(tenant, name, record)
	if err != nil {
		return info, nil, err
	}
	value, err := unseal(s.aead, opened.sealedValue, s.associatedData(purposeValue, tenant, name, opened.plain))
	return info, value, err
}

// encodeInfo writes the version, the time in nanoseconds since 1970, the writer.
func encodeInfo(i cloud.Info) []byte {
	out := binary.AppendUvarint(nil, uint64(i.Version))
	return append(binary.AppendVarint(out, i.Updated.UnixNano()), i.Writer...)
}

func decodeInfo(plain []byte) (cloud.Info, error) {
	version, n := binary.Uvarint(plain)
	if n <= 0 {
		return cloud.Info{}, errSeal
	}
	nanos, m := binary.Varint(plain[n:])
	if m <= 0 {
		return cloud.Info{}, errSeal
	}
	return cloud.Info{Version: int(version), Updated: time.Unix(0, nanos).UTC(), Writer: string(plain[n+m:])}, nil
}
