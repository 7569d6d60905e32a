package cloud

import (
	"net/http"
	"strings"
	"sync"
)

// What a handler needs that stands in front of an API and passes on what is not the
// API's.

// Authorized reports whether the API would answer the request: it has a key, and the
// key may use the tenant that the request names. Both roles are authorized; a token
// that is only good for new tokens is not.
func (a *API) Authorized(r *http.Request) bool {
	s, refused := a.authenticate(r.Context(), r.Header)
	return refused == nil && s.key.kind != refreshKind
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
