package keysfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// line reads a string of one line that is not empty and not only spaces.
func line(v tomlfile.Value) string {
	s, ok := v.FilledText()
	if ok {
		checkLine(v, s)
	}
	return s
}

// checkLine reports a string that a keys file cannot hold, and returns false for one.
func checkLine(v tomlfile.Value, s string) bool {
	switch {
	case !isLine(s):
		v.Wrong("this string is too long or has a line break",
			fmt.Sprintf("use one line of at most %d bytes", cloud.MaxName))
	case looksLikeKey(s):
		v.Wrong("this is a key",
			"this file has only hashes; replace this key, which is no longer secret")
	default:
		return true
	}
	return false
}

// lines reads a list of at least one line.
func lines(v tomlfile.Value) []string { return readLines(v, func(tomlfile.Value, string) {}) }

// readLines reads a list of at least one line, and calls read with each.
func readLines(v tomlfile.Value, read func(tomlfile.Value, string)) []string {
	list := v.Texts(func(v tomlfile.Value, s string) {
		if checkLine(v, s) {
			read(v, s)
		}
	})
	if elements, ok := v.List(); ok && len(elements) == 0 {
		v.Wrong("this list is empty", "list at least one, or remove this line")
	}
	return list
}

// keyNames are names under which people write a key itself.
var keyNames = []string{"key", "secret", "token", "value", "password", "api_key", "api-key"}

// keyTextHint returns the hint for a key that is written where only its hash may be;
// empty for any other unknown name.
func keyTextHint(v tomlfile.Value) string {
	if _, ok := v.Any().(string); !ok || !slices.Contains(keyNames, v.Name()) {
		return ""
	}
	return `this file has no keys, only hash = "sha256:…" as keygen prints it; replace this key, which is no longer secret`
}

// hash reads the hash of a key, as [FormatHash] writes it.
func hash(v tomlfile.Value) (sum [sha256.Size]byte) {
	s, ok := v.Any().(string)
	digits, prefixed := strings.CutPrefix(s, hashPrefix)
	raw, err := hex.DecodeString(digits)
	switch {
	case looksLikeKey(s):
		v.Wrong("this is a key, not its hash",
			"replace the key, which is no longer secret: prefect-secrets keygen prints a new one and its hash")
	case !ok || !prefixed || err != nil || len(raw) != len(sum):
		v.Wrong("this is not the hash of a key",
			"prefect-secrets keygen prints it: sha256: and 64 hexadecimal digits; never write the key itself here")
	default:
		copy(sum[:], raw)
	}
	return sum
}

// role reads the role of a key.
func role(v tomlfile.Value) cloud.Role {
	s := line(v)
	r := cloud.Role(s)
	if !r.Valid() {
		v.Wrong("unknown role", nearest.Hint(s, roleNames(), "a role is "+cloud.RolesHelp()))
	}
	return r
}

func roleNames() []string {
	names := make([]string, len(cloud.Roles))
	for i, role := range cloud.Roles {
		names[i] = string(role)
	}
	return names
}

// repositoryID reads GitHub's number of a repository, written as a number or a string.
func repositoryID(v tomlfile.Value) string {
	if n, ok := v.Any().(int64); ok && n > 0 {
		return fmt.Sprint(n)
	}
	s, _ := v.Any().(string)
	if s == "" || s[0] == '0' || strings.Trim(s, "0123456789") != "" {
		v.Wrong("this is not the id of a repository", "write the number that gh api repos/OWNER/NAME --jq .id prints")
	}
	return s
}

// serverURL reads the absolute URL of a server, without user, query and fragment.
func serverURL(v tomlfile.Value) string {
	s := line(v)
	switch u, ok := address.Absolute(s); {
	case !ok:
		v.Wrong("this is not an absolute URL", "write the full URL, such as https://secrets.example.com")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.Wrong("this URL has more than a server and a path",
			"write it as clients use it, such as https://secrets.example.com")
	}
	return s
}

// issuer reads the URL of an issuer: https, so that nobody on the network can replace
// its keys, unless the issuer is on this machine.
func issuer(v tomlfile.Value) string {
	s := serverURL(v)
	if u, ok := address.Absolute(s); ok && address.Unencrypted(u) {
		v.Wrong("this issuer's keys would come over plain http", "use https")
	}
	return s
}
