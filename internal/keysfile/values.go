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

// line reads a string of one line that holds more than spaces.
func line(v tomlfile.Value) string {
	text, ok := v.FilledText()
	if ok {
		checkLine(v, text)
	}
	return text
}

// checkLine reports a string that a keys file cannot hold.
func checkLine(v tomlfile.Value, text string) bool {
	switch {
	case !isLine(text):
		v.Wrong("this string is too long or has a line break", fmt.Sprintf("use one line of at most %d bytes", cloud.MaxName))
	case looksLikeKey(text):
		v.Wrong("this is the text of a key", "this file holds hashes only; replace this key, since it was written down")
	default:
		return true
	}
	return false
}

func lines(v tomlfile.Value) []string { return linesTo(v, func(tomlfile.Value, string) {}) }

// linesTo reads a list of at least one line, each of which goes to read.
func linesTo(v tomlfile.Value, read func(tomlfile.Value, string)) []string {
	texts := v.Texts(func(v tomlfile.Value, text string) {
		if checkLine(v, text) {
			read(v, text)
		}
	})
	if list, ok := v.List(); ok && len(list) == 0 {
		v.Wrong("this list is empty", "name at least one, or take the key out")
	}
	return texts
}

// clearText are names under which people put a key itself.
var keyNames = []string{"key", "secret", "token", "value", "password", "api_key", "api-key"}

// keyInTheClear is the hint for a key that stands where only its hash may.
func keyTextHint(v tomlfile.Value) string {
	if _, ok := v.Any().(string); !ok || !slices.Contains(keyNames, v.Name()) {
		return ""
	}
	return `this file holds no keys, only hash = "sha256:…" as keygen prints it; replace this key, since it was written down`
}

func hash(v tomlfile.Value) (sum [sha256.Size]byte) {
	text, ok := v.Any().(string)
	digits, prefixed := strings.CutPrefix(text, hashPrefix)
	raw, err := hex.DecodeString(digits)
	switch {
	case looksLikeKey(text):
		v.Wrong("this is the text of a key, and not its hash", "replace the key, since it was written down: prefect-secrets keygen prints a new one and the hash to put here")
	case !ok || !prefixed || err != nil || len(raw) != len(sum):
		v.Wrong("this is no hash of a key", "prefect-secrets keygen prints it, as sha256: and 64 hexadecimal digits; a key itself must not stand here")
	default:
		copy(sum[:], raw)
	}
	return sum
}

func role(v tomlfile.Value) cloud.Role {
	text := line(v)
	r := cloud.Role(text)
	if !r.Known() {
		v.Wrong("unknown role", nearest.Hint(text, roleNames(), "a role is "+cloud.RolesHelp()))
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

// repositoryID reads GitHub's number of a repository.
func repositoryID(v tomlfile.Value) string {
	if n, ok := v.Any().(int64); ok && n > 0 {
		return fmt.Sprint(n)
	}
	text, _ := v.Any().(string)
	if text == "" || text[0] == '0' || strings.Trim(text, "0123456789") != "" {
		v.Wrong("this is no id of a repository", "write the number that gh api repos/OWNER/NAME --jq .id prints")
	}
	return text
}

// serverURL reads the URL of a server, https but for this machine's own.
func serverURL(v tomlfile.Value) string {
	text := line(v)
	switch u, ok := address.Absolute(text); {
	case !ok:
		v.Wrong("this is not an absolute URL", "write the whole of it, such as https://secrets.example.com")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		v.Wrong("this URL has more than a server and a path", "write it as clients use it, such as https://secrets.example.com")
	}
	return text
}

// issuer is the URL of a server whose keys nobody on the way can replace.
func issuer(v tomlfile.Value) string {
	text := serverURL(v)
	if u, ok := address.Absolute(text); ok && address.Unencrypted(u) {
		v.Wrong("this issuer's keys would come over plain http", "use https")
	}
	return text
}
