package cloud

import (
	"net/http"
	"strings"
	"sync"
)

// What a handler needs that stands in front of an API and passes on what is not the
// API's.

// Authorized reports whether the API would answer a request with these headers: it
// has a key, and the key may use the tenant that they name.
func (a *API) Authorized(h http.Header) bool {
	_, refused := a.authenticate(h)
	return refused == nil
}

// IsEndpoint reports whether clients send GraphQL to that path.
func IsEndpoint(path string) bool { return endpoints[strings.TrimSuffix(path, "/")] }

// Owns reports whether a field of Query or Mutation is the secrets API's, in either
// spelling.
func Owns(field string) bool { return owned()[field] }

var owned = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, name := range schemas[Both]().RootFields() {
		names[name] = true
	}
	return names
})
