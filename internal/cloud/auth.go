package cloud

import (
	"context"
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
