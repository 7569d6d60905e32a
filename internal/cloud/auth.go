package cloud

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// HeaderTenant names the tenant of a request by its id; Prefect Core sends it
// from 0.15.0 on (client/client.py).
const HeaderTenant = "X-Prefect-Tenant-Id"

// Codes and messages that clients look for: PrefectHQ/server's exceptions, and
// "No value found", by which Prefect 1.4.1 (client/secrets.py) knows a missing
// secret.
var (
	errUnauthenticated = &graphql.Error{Message: "Unauthenticated", Code: "UNAUTHENTICATED"}
	errForbidden       = &graphql.Error{Message: "Unauthorized", Code: "FORBIDDEN"}
	errNoValue         = &graphql.Error{Message: "No value found for the requested key"}
	errAPI             = &graphql.Error{Message: "Unable to complete operation. An internal API error occurred.", Code: "API_ERROR"}
)

// malformedHeader is the whole answer to an Authorization header that is not
// "Bearer X", as Prefect Cloud gave it: errors is a string there.
const malformedHeader = `{"errors":"Malformed Authorization header"}`

// reply is what a request is answered with: a status and a body of that type.
type reply struct {
	status      int
	contentType string
	body        []byte
	retryAfter  string
	allow       string // the Allow header
	truncated   bool   // half of the body goes out
}

func refuse(e *graphql.Error) *reply {
	return errorReply(http.StatusOK, e, []byte("null"))
}

// errorReply answers with one error, and with data unless that is nil.
func errorReply(status int, e *graphql.Error, data []byte) *reply {
	resp := graphql.Response{Errors: []*graphql.Error{e}, Data: data}
	return &reply{status: status, contentType: typeJSON, body: append(resp.Append(nil), '\n')}
}

// authenticate finds the key and the tenant of a request. The key is looked up
// by the hash of what was presented, so the time it takes tells nothing.
func (a *API) authenticate(h http.Header) (*session, *reply) {
	token, present, ok := bearer(h)
	if !present {
		return nil, refuse(errUnauthenticated)
	}
	if !ok {
		return nil, &reply{status: http.StatusOK, contentType: typeJSON, body: []byte(malformedHeader + "\n")}
	}
	k := a.lookup(token)
	if k == nil {
		return nil, refuse(errUnauthenticated)
	}
	tenant, ok := k.choose(h.Get(HeaderTenant))
	if !ok {
		return nil, refuse(errForbidden)
	}
	return &session{api: a, key: k, tenant: tenant, epoch: a.epoch.Load()}, nil
}

// lookup finds the key that a bearer text is, or is a token of, unless it expired.
func (a *API) lookup(text string) *key {
	access, now := a.access.Load(), a.config.Now()
	k := access.keys[sha256.Sum256([]byte(text))]
	if k == nil {
		k = access.keyOfToken(text, a.config.TokenSecret, now)
	}
	if k == nil || !k.Expires.IsZero() && !now.Before(k.Expires) {
		return nil
	}
	return k
}

func bearer(h http.Header) (token string, present, ok bool) {
	values := h["Authorization"]
	if len(values) != 1 {
		return "", len(values) > 0, false
	}
	scheme, token, found := strings.Cut(values[0], " ")
	ok = found && strings.EqualFold(scheme, "Bearer") && token != "" && !strings.Contains(token, " ")
	return token, true, ok
}

// choose gives the key's first tenant where none is named. A tenant that does
// not exist and one that the key may not use are refused alike.
func (k *key) choose(id string) (Tenant, bool) {
	if id == "" {
		return k.tenants[0], true
	}
	for _, t := range k.tenants {
		if strings.EqualFold(t.ID, id) {
			return t, true
		}
	}
	return Tenant{}, false
}
