package cloud

import (
	"context"
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

// authenticate finds the key and the tenant of a request. A session that comes
// with a refusal has only its key.
func (a *API) authenticate(ctx context.Context, h http.Header) (*session, *Reply) {
	token, present, ok := bearer(h)
	if !present {
		return nil, refuse(errUnauthenticated)
	}
	if !ok {
		return nil, &Reply{Status: http.StatusOK, ContentType: typeJSON, Body: onePart([]byte(malformedHeader + "\n")), code: errUnauthenticated.Code}
	}
	k := a.identify(ctx, token)
	if k == nil {
		return nil, refuse(errUnauthenticated)
	}
	tenant, ok := k.chooseTenant(h.Get(HeaderTenant))
	if !ok {
		return &session{key: k}, refuse(errForbidden)
	}
	return &session{api: a, key: k, tenant: tenant, epoch: a.epoch.Load()}, nil
}

// Bearer is the bearer text of a request's headers, if they have exactly one.
func Bearer(h http.Header) (text string, ok bool) {
	text, _, ok = bearer(h)
	return text, ok
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
func (k *key) chooseTenant(id string) (Tenant, bool) {
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

// identify finds the key that a bearer text is, or is a token of; nil if there is
// none or it has expired. The text is looked up by its hash, so the time it takes
// tells nothing.
func (a *API) identify(ctx context.Context, token string) *key {
	access, now := a.keyring.Load(), a.config.Now()
	k := access.keys[sha256.Sum256([]byte(token))]
	if k == nil {
		k = access.keyOfToken(token, a.config.TokenSecret, now)
	}
	if k == nil && a.config.Authenticate != nil {
		k = a.externalKey(ctx, access, token)
	}
	if k == nil || !k.Expires.IsZero() && !now.Before(k.Expires) {
		return nil
	}
	if a.config.OnKnown != nil {
		a.config.OnKnown(ctx)
	}
	return k
}

// foreign asks Config.Authenticate for a key that is not among ours.
func (a *API) externalKey(ctx context.Context, access *keyring, token string) *key {
	found, err := a.config.Authenticate(ctx, token)
	if found == nil || err != nil {
		return nil
	}
	k, err := access.checkKey(*found)
	if err != nil {
		return nil
	}
	return k
}

// KeyOf is the key of a request's Authorization header, without Secret, Hash and
// Former, for handlers beside the API. Itself is false where the header has a token
// of switchTenant in its place.
func (a *API) KeyOf(r *http.Request) (k Key, itself, known bool) {
	text, ok := Bearer(r.Header)
	if !ok {
		return Key{}, false, false
	}
	found := a.identify(r.Context(), text)
	if found == nil || found.kind == refreshKind {
		return Key{}, false, false
	}
	k = found.Key
	k.Tenants = nil
	for _, t := range found.tenants {
		k.Tenants = append(k.Tenants, t.ID)
	}
	return k, found.kind == keyKind, true
}
