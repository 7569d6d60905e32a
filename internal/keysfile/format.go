package keysfile

import (
	"fmt"
	"strings"
	"time"

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
	for _, f := range k.Former {
		fmt.Fprintf(&b, "previous.hash = %s\nprevious.expires = %s\n", quote(FormatHash(f.Hash)), f.Expires.UTC().Format(time.RFC3339))
	}
	return b.String()
}

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
