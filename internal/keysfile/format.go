package keysfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Format writes a key as the lines of a keys file. The key must have a Hash;
// its tenants stand as they are given, ids or slugs.
func Format(k cloud.Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[keys]]\nname = %s\nrole = %s\ntenants = %s\n", quote(k.Name), quote(string(k.Role)), quoteList(k.Tenants))
	if len(k.Patterns) > 0 {
		fmt.Fprintf(&b, "patterns = %s\n", quoteList(k.Patterns))
	}
	if !k.Expires.IsZero() {
		fmt.Fprintf(&b, "expires = %s\n", k.Expires.UTC().Format(time.RFC3339))
	}
	fmt.Fprintf(&b, "hash = %s\n", quote(FormatHash(k.Hash)))
	for _, f := range k.Previous {
		fmt.Fprintf(&b, "previous.hash = %s\nprevious.expires = %s\n", quote(FormatHash(f.Hash)), f.Expires.UTC().Format(time.RFC3339))
	}
	return b.String()
}

// hashPrefix is written before the hexadecimal digits of a key's SHA-256.
const hashPrefix = "sha256:"

// FormatHash writes a hash as a keys file holds it.
func FormatHash(sum [sha256.Size]byte) string { return hashPrefix + hex.EncodeToString(sum[:]) }

// quote writes a text that has no control characters as TOML's basic string.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func quoteList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// Check reports a text of a key that a keys file cannot hold.
func Check(k cloud.Key) error {
	texts := append(append([]string{k.Name}, k.Tenants...), k.Patterns...)
	for _, text := range texts {
		if strings.TrimSpace(text) == "" || !isLine(text) {
			return fmt.Errorf("a name, tenant or pattern is empty, has a line break, or is longer than %d bytes", cloud.MaxName)
		}
	}
	return nil
}

// isLine reports whether a text stays on one line and is not longer than a name.
func isLine(text string) bool {
	return len(text) <= cloud.MaxName && !strings.ContainsFunc(text, unicode.IsControl)
}
