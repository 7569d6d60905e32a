package keysfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// FormatTenant returns a tenant as the lines of a keys file.
func FormatTenant(t cloud.Tenant) string {
	return fmt.Sprintf("[[tenants]]\nid = %s\nslug = %s\n", quote(t.ID), quote(t.Slug))
}

// Format returns a key as the lines of a keys file. The key must have a Hash. Its
// tenants are written as given, ids or slugs.
func Format(k cloud.Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[keys]]\nname = %s\n", quote(k.Name))
	fmt.Fprintf(&b, "role = %s\ntenants = %s\n", quote(string(k.Role)), quoteAll(k.Tenants))
	if len(k.Patterns) > 0 {
		fmt.Fprintf(&b, "patterns = %s\n", quoteAll(k.Patterns))
	}
	if !k.Expires.IsZero() {
		fmt.Fprintf(&b, "expires = %s\n", formatTime(k.Expires))
	}
	fmt.Fprintf(&b, "hash = %s\n", quote(FormatHash(k.Hash)))
	for _, p := range k.Previous {
		fmt.Fprintf(&b, "previous.hash = %s\nprevious.expires = %s\n", quote(FormatHash(p.Hash)), formatTime(p.Expires))
	}
	return b.String()
}

// hashPrefix is written before the hexadecimal digits of a key's SHA-256.
const hashPrefix = "sha256:"

// FormatHash returns a hash as a keys file holds it.
func FormatHash(sum [sha256.Size]byte) string { return hashPrefix + hex.EncodeToString(sum[:]) }

func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// quote returns a string without control characters as TOML's basic string.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// Check returns an error if a string of a key cannot be in a keys file.
func Check(k cloud.Key) error {
	for _, s := range slices.Concat([]string{k.Name}, k.Tenants, k.Patterns) {
		if strings.TrimSpace(s) == "" || !isLine(s) {
			return fmt.Errorf("a name, tenant or pattern is empty, has a line break, or is longer than %d bytes", cloud.MaxName)
		}
	}
	return nil
}

// isLine reports whether a string has no control characters, such as line breaks, and
// is not longer than a name may be.
func isLine(s string) bool {
	return len(s) <= cloud.MaxName && !strings.ContainsFunc(s, unicode.IsControl)
}
