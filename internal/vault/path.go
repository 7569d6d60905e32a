package vault

import (
	"errors"
	"strings"
)

// maxSegment bounds a segment of a path, in bytes. The KV engine encrypts each segment
// and encodes it in base62, so 100 bytes become 235. Vault's file storage uses that as
// a file name, which may have 255 bytes (measured with 1.14.0: 110 are refused).
const maxSegment = 100

// isUnescaped has the bytes that escape writes as themselves.
var isUnescaped = func() (unescaped [256]bool) {
	for _, b := range []byte("-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		unescaped[b] = true
	}
	return unescaped
}()

// containsEscaped reports whether a string has a byte that escape does not always write
// as itself.
func containsEscaped(s string) bool {
	for i := range len(s) {
		if !isUnescaped[s[i]] {
			return true
		}
	}
	return false
}

const hexDigits = "0123456789ABCDEF"

// escape encodes a name in bytes that have no special meaning in a URL, a proxy, a
// policy or a storage of Vault. Every other byte becomes "=" and two hex digits. A dot
// stays between two bytes that isUnescaped.
func escape(name string) string {
	if !containsEscaped(name) {
		return name
	}
	var escaped strings.Builder
	for i := range len(name) {
		b := name[i]
		if isUnescaped[b] || b == '.' && i > 0 && i < len(name)-1 && isUnescaped[name[i-1]] && isUnescaped[name[i+1]] {
			escaped.WriteByte(b)
		} else {
			escaped.WriteByte('=')
			escaped.WriteByte(hexDigits[b>>4])
			escaped.WriteByte(hexDigits[b&15])
		}
	}
	return escaped.String()
}

// unescape reverses escape. It reports false for a string that escape never returns.
func unescape(escaped string) (string, bool) {
	if !containsEscaped(escaped) {
		return escaped, escaped != ""
	}
	var unescaped strings.Builder
	for i := 0; i < len(escaped); i++ {
		if escaped[i] != '=' {
			unescaped.WriteByte(escaped[i])
			continue
		}
		if i+2 >= len(escaped) {
			return "", false
		}
		high, low := strings.IndexByte(hexDigits, escaped[i+1]), strings.IndexByte(hexDigits, escaped[i+2])
		unescaped.WriteByte(byte(high<<4 | low&15)) // if one is -1, escape(name) will differ
		i += 2
	}
	name := unescaped.String()
	return name, escape(name) == escaped
}

// isWholeName reports whether a key of a tenant's folder is a name as it is.
func isWholeName(key string) bool {
	return key != "" && len(key) <= maxSegment && !containsEscaped(key)
}

// tenantPath returns the path of a tenant's secrets within data/ or metadata/.
func (s *Store) tenantPath(tenant string) (string, error) {
	if tenant == "" {
		return "", errors.New("a tenant without an id")
	}
	return s.config.Prefix + "/" + escape(tenant), nil
}

// secretPath returns the path of a secret within data/ or metadata/: the escaped
// name, split into segments if it is long. The segments joined are the escaped name,
// so no two names share a path.
func (s *Store) secretPath(tenant, name string) (string, error) {
	folder, err := s.tenantPath(tenant)
	if err != nil {
		return "", err
	}
	if name == "" {
		return "", errors.New("a secret without a name")
	}
	return folder + "/" + splitPath(escape(name)), nil
}

// splitPath splits an escaped name into segments of maxSegment bytes.
func splitPath(escaped string) string {
	if len(escaped) <= maxSegment {
		return escaped
	}
	var path strings.Builder
	for len(escaped) > maxSegment {
		path.WriteString(escaped[:maxSegment])
		path.WriteByte('/')
		escaped = escaped[maxSegment:]
	}
	path.WriteString(escaped)
	return path.String()
}

// splitKeys separates the entries of a folder that are names from those that are
// folders of longer names. Parent is what the escaped names in the folder begin with. It
// ignores entries that escape never returns, which others have written. The names take
// the memory of keys.
func splitKeys(parent string, keys []string) (names, folders []string) {
	same := 0 // how many names at the beginning are keys already
	for parent == "" && same < len(keys) && isWholeName(keys[same]) {
		same++
	}
	names = keys[:same]
	for _, key := range keys[same:] {
		segment, isFolder := strings.CutSuffix(key, "/")
		if isFolder && len(segment) == maxSegment {
			folders = append(folders, parent+segment)
		}
		if isFolder || len(segment) > maxSegment {
			continue
		}
		if name, ok := unescape(parent + segment); ok {
			names = append(names, name)
		}
	}
	return names, folders
}
