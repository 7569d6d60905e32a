package sync

import (
	"math"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// readCount reads a maximum, which is 0 or more; nil if it is not valid.
func readCount(v tomlfile.Value) *int {
	n, ok := v.Any().(int64)
	if !ok || n < 0 || n > math.MaxInt32 {
		v.Wrong("expected a number, 0 or more", "write how many deletions a plan may have; 0 means none")
		return nil
	}
	count := int(n)
	return &count
}

func readOverwrites(v tomlfile.Value) Overwrites {
	text, ok := v.Text()
	if !ok {
		return ""
	}
	var o Overwrites
	if err := o.UnmarshalText([]byte(text)); err != nil {
		hint := "use any (every name) or owned (names that the key itself wrote)"
		v.Wrong("unknown value", nearest.Hint(text, []string{string(OverwriteAny), string(OverwriteOwned)}, hint))
	}
	return o
}

func readGlobs(v tomlfile.Value) []string {
	return v.Texts(func(v tomlfile.Value, pattern string) {
		if problem, hint := globProblem(pattern); problem != "" {
			v.Wrong(problem, hint)
		}
	})
}

func readTenants(v tomlfile.Value) []string {
	seen := map[string]bool{}
	return v.Texts(func(v tomlfile.Value, tenant string) {
		switch {
		case strings.ContainsFunc(tenant, func(r rune) bool { return r <= ' ' || r == 0x7f }):
			v.Wrong("a tenant's slug or id contains a space", "remove it")
		case seen[tenant]:
			v.Wrong("duplicate tenant", "remove one")
		}
		seen[tenant] = true
	})
}

// readAPIURL reads an absolute URL, or the name of the embedded store.
func readAPIURL(v tomlfile.Value) string {
	const example = "such as https://secrets.example.com"
	text, ok := v.Text()
	if !ok || isEmbedded(text) {
		return text
	}
	switch u, ok := address.Absolute(text); {
	case !ok:
		v.Wrong("this is not an absolute URL", "write the whole URL of the secrets API, "+example)
	case u.User != nil:
		v.Wrong("a URL must not hold a user or a password here", "remove them, "+example+"; the key comes from PREFECT_SECRETS_API_KEY")
	}
	return text
}

// isEmbedded reports whether an api-url is a store in the process.
func isEmbedded(url string) bool { return url == "embedded" || strings.HasPrefix(url, "embedded:") }
