package server

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// text reads a text that is not blank and stays on one line.
func (s spot) text() string {
	text, ok := s.value.(string)
	switch {
	case !ok:
		s.wrong("expected a string", "put it into quotation marks")
	case strings.TrimSpace(text) == "":
		s.wrong("this string is empty", "fill it in, or take it out")
	case len(text) > cloud.MaxName || strings.ContainsFunc(text, unicode.IsControl):
		s.wrong("this string is too long or has a line break", fmt.Sprintf("use one line of at most %d bytes", cloud.MaxName))
	case looksLikeKey(text):
		s.wrong("this is the text of a key", "this file holds hashes only; replace this key, since it was written down")
	}
	return text
}

func (s spot) texts() []string {
	var out []string
	s.each(`write it as a list, such as ["a", "b"]`, func(s spot) { out = append(out, s.text()) })
	if list, ok := s.value.([]any); ok && len(list) == 0 {
		s.wrong("this list is empty", "name at least one, or take the key out")
	}
	return out
}

func (s spot) moment() time.Time {
	t, ok := s.value.(time.Time)
	if !ok || s.values[s.node].Kind != tomlpos.OffsetDateTime {
		s.wrong("expected a date and time with its offset", "write it without quotation marks, such as 2027-01-31T00:00:00Z")
	}
	return t
}

// hashPrefix is written before the hexadecimal digits of a key's SHA-256.
const hashPrefix = "sha256:"

func (s spot) hash() (sum [sha256.Size]byte) {
	text, ok := s.value.(string)
	digits, prefixed := strings.CutPrefix(text, hashPrefix)
	raw, err := hex.DecodeString(digits)
	switch {
	case looksLikeKey(text):
		s.wrong("this is the text of a key, and not its hash", "replace the key, since it was written down: prefect-secrets keygen prints a new one and the hash to put here")
	case !ok || !prefixed || err != nil || len(raw) != len(sum):
		s.wrong("this is no hash of a key", "prefect-secrets keygen prints it, as sha256: and 64 hexadecimal digits; a key itself must not stand here")
	default:
		copy(sum[:], raw)
	}
	return sum
}

func (s spot) role() cloud.Role {
	text := s.text()
	role := cloud.Role(text)
	if !role.Known() {
		s.wrong("unknown role", nearest.Hint(text, roleNames(), "a role is "+cloud.RolesHelp()))
	}
	return role
}

func roleNames() []string {
	names := make([]string, len(cloud.Roles))
	for i, role := range cloud.Roles {
		names[i] = string(role)
	}
	return names
}

// id reads GitHub's number of a repository.
func (s spot) id() string {
	if n, ok := s.value.(int64); ok && n > 0 {
		return fmt.Sprint(n)
	}
	text, _ := s.value.(string)
	if text == "" || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
		s.wrong("this is no id of a repository", "write the number that gh api repos/OWNER/NAME --jq .id prints")
	}
	return text
}

// address reads the URL of a server, https but for this machine's own.
func (s spot) address() string {
	text := s.text()
	switch u, ok := address.Absolute(text); {
	case !ok:
		s.wrong("this is not an absolute URL", "write the whole of it, such as https://secrets.example.com")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		s.wrong("this URL has more than a server and a path", "write it as clients use it, such as https://secrets.example.com")
	}
	return text
}

// issuer is an address whose keys nobody on the way can replace.
func (s spot) issuer() string {
	text := s.address()
	if u, ok := address.Absolute(text); ok && address.ClearText(u) {
		s.wrong("this issuer's keys would come over plain http", "use https")
	}
	return text
}
