package vault

import (
	"errors"
	"strings"
)

// maxSegment bounds a segment of a path, in bytes. The KV engine encrypts each
// segment and writes it in base62, so that 100 bytes become 235; Vault's file
// storage makes a file name of that, which may have 255 (measured with 1.14.0: 110
// are refused).
const maxSegment = 100

// plain bytes stand for themselves in an escaped name.
func isUnescaped(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}

const hexDigits = "0123456789ABCDEF"

// escape writes a name in the bytes that no URL, proxy, policy or storage of Vault
// takes for something else. Every other byte is "=" and two hex digits; a dot is
// plain between two plain bytes.
func escape(name string) string {
	var out strings.Builder
	for i := range len(name) {
		b := name[i]
		if isUnescaped(b) || b == '.' && i > 0 && i < len(name)-1 && isUnescaped(name[i-1]) && isUnescaped(name[i+1]) {
			out.WriteByte(b)
		} else {
			out.WriteByte('=')
			out.WriteByte(hexDigits[b>>4])
			out.WriteByte(hexDigits[b&15])
		}
	}
	return out.String()
}

// unescape is the reverse of escape, and false for what escape never writes.
func unescape(text string) (string, bool) {
	if !strings.ContainsFunc(text, func(r rune) bool { return r > 0x7f || !isUnescaped(byte(r)) }) {
		return text, text != ""
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			out.WriteByte(text[i])
			continue
		}
		if i+2 >= len(text) {
			return "", false
		}
		out.WriteByte(byte(strings.IndexByte(hexDigits, text[i+1])<<4 | strings.IndexByte(hexDigits, text[i+2])&15))
		i += 2
	}
	name := out.String()
	return name, escape(name) == text
}

// folder is the path of a tenant's secrets within data/ or metadata/.
func (s *Store) tenantPath(tenant string) (string, error) {
	if tenant == "" {
		return "", errors.New("a tenant without an id")
	}
	return s.config.Prefix + "/" + escape(tenant), nil
}

// place is the path of a secret within data/ or metadata/: the escaped name, cut
// into segments where it is long. The segments put together are the escaped name
// again, and so no two names share a path.
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

func splitPath(escaped string) string {
	var out strings.Builder
	for len(escaped) > maxSegment {
		out.WriteString(escaped[:maxSegment])
		out.WriteByte('/')
		escaped = escaped[maxSegment:]
	}
	out.WriteString(escaped)
	return out.String()
}

// namesIn tells the entries of a folder that are names from those that are folders
// of longer names. Parent is the folder's own part of the escaped names. What
// others have put beside them is neither.
func splitKeys(parent string, keys []string) (names, folders []string) {
	names = make([]string, 0, len(keys))
	for _, key := range keys {
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
