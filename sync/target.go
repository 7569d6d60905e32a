package sync

import (
	"net/url"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
)

// TenantLabel names a tenant in a sentence: by its slug or id, or as the key's own
// where the store does not say which that is.
func TenantLabel(tenant string) string {
	if tenant == "" {
		return "the key's own tenant"
	}
	return "tenant " + tenant
}

// ShownURL is a store's URL without what may be a secret in it: scheme, host and
// path. Of what is no URL, such as embedded, it is all.
func ShownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	return address.Shown(u)
}
