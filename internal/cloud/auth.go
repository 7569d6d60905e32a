package cloud

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// HeaderTenant is the header that names the tenant of a request by its id. Prefect
// Core sends it from 0.15.0 on (client/client.py).
const HeaderTenant = "X-Prefect-Tenant-Id"

// RefusedTenant is extensions.refused of an error that refuses not the key, but the
// tenant that the key may not use. Prefect Core's clients do not read it.
const RefusedTenant = "tenant"

// The codes and messages that clients look for: those of PrefectHQ/server's
// exceptions, and "No value found", by which Prefect 1.4.1 (client/secrets.py)
// recognises a missing secret.
var (
	errUnauthenticated = &graphql.Error{Message: "Unauthenticated", Code: "UNAUTHENTICATED"}
	errTenantRefused   = &graphql.Error{
		Message: "Unauthenticated", Code: "UNAUTHENTICATED", Refused: RefusedTenant,
	}
	errForbidden = &graphql.Error{Message: "Unauthorized", Code: "FORBIDDEN"}
	errNoValue   = &graphql.Error{Message: "No value found for the requested key"}
	errAPI       = &graphql.Error{
		Message: "Unable to complete operation. An internal API error occurred.", Code: "API_ERROR",
	}
)

// malformedHeader is the complete answer to an Authorization header that is not
// "Bearer X", as Prefect Cloud gave it: errors is a string there.
const malformedHeader = `{"errors":"Malformed Authorization header"}`

// authenticate finds the key and the tenant of a request. If the reply is not nil,
// at most session.key is set, and session is nil if the key is unknown.
func (a *API) authenticate(ctx context.Context, h http.Header) (*session, *Reply) {
	token, present, ok := bearer(h)
	if !present {
		return nil, refuseKey(errUnauthenticated)
	}
	if !ok {
		body := onePart([]byte(malformedHeader + "\n"))
		code := errUnauthenticated.Code
		return nil, &Reply{Status: http.StatusOK, ContentType: typeJSON, Body: body, code: code}
	}
	k := a.identify(ctx, token)
	if k == nil {
		return nil, refuseKey(errUnauthenticated)
	}
	tenant, ok := k.chooseTenant(h.Get(HeaderTenant))
	if !ok {
		return &session{key: k}, refuseKey(errTenantRefused)
	}
	return &session{api: a, key: k, tenant: tenant, epoch: a.epoch.Load()}, nil
}

// Bearer returns the bearer token of a request's headers, if they have exactly one.
func Bearer(h http.Header) (token string, ok bool) {
	token, _, ok = bearer(h)
	return token, ok
}

// bearer returns the bearer token of a request. It reports whether there is an
// Authorization header (present), and whether that holds one token (ok).
func bearer(h http.Header) (token string, present, ok bool) {
	values := h["Authorization"]
	if len(values) != 1 {
		return "", len(values) > 0, false
	}
	scheme, token, found := strings.Cut(values[0], " ")
	ok = found && strings.EqualFold(scheme, "Bearer") && token != "" && !strings.Contains(token, " ")
	return token, true, ok
}

// chooseTenant returns the key's tenant with that id, or its first if id is empty.
// It does not distinguish a tenant that does not exist from one that the key may not
// use.
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

// identify finds the key that a bearer token is, or was issued for. It returns nil
// if there is none or it has expired. The lookup is by the token's hash, so the time
// it takes reveals nothing.
func (a *API) identify(ctx context.Context, token string) *key {
	ring := a.keyring.Load()
	hash := sha256.Sum256([]byte(token))
	k, ok := ring.keys.Get(string(hash[:]))
	if !ok {
		k = ring.keyOfToken(token, a.config.TokenSecret, a.config.Now())
	}
	if k == nil && a.config.Authenticate != nil {
		k = a.externalKey(ctx, ring, token)
	}
	if k == nil || !k.Expires.IsZero() && !a.config.Now().Before(k.Expires) {
		return nil
	}
	if a.config.OnAuthenticated != nil {
		a.config.OnAuthenticated(ctx)
	}
	return k
}

// externalKey asks Config.Authenticate for a key that is not in the keyring.
func (a *API) externalKey(ctx context.Context, ring *Keyring, token string) *key {
	found, err := a.config.Authenticate(ctx, token)
	if found == nil || err != nil {
		return nil
	}
	k, err := ring.checkKey(*found)
	if err != nil {
		return nil
	}
	return k
}

// KeyOf returns the key of a request's Authorization header, without Secret, Hash
// and Previous, for handlers other than the API. Direct reports whether the header
// has the key itself, not a token of switchTenant.
func (a *API) KeyOf(r *http.Request) (k Key, direct, ok bool) {
	token, ok := Bearer(r.Header)
	if !ok {
		return Key{}, false, false
	}
	found := a.identify(r.Context(), token)
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
