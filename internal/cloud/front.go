package cloud

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// What a handler needs that stands in front of an API and passes on what is not the
// API's.

// Caller is who sent a request that something else than the API answers. The zero
// value is nobody, and tells nobody.
type Authorized struct{ session *session }

// Authorized reports whether the API would answer the request, and whose it is: it has
// a key, and the key may use the tenant that the request names. A planner, which may
// only list names, is not authorized, nor is a token that is only good for new tokens.
func (a *API) Authorize(r *http.Request) (Authorized, bool) {
	s, refused := a.authenticate(r.Context(), r.Header)
	if refused != nil || s.key.kind == refreshKind || s.key.Role == Planner {
		return Authorized{}, false
	}
	return Authorized{s}, true
}

// Room makes room for so many more bytes of the body, as [Bounds.Body].
func (c Authorized) ReserveBody(ctx context.Context, bytes int) error {
	if c.session == nil {
		return nil
	}
	return c.session.api.config.Bounds.Body(ctx, c.session.key.Name, bytes)
}

// Begin waits for the request's turn to be looked at, whose end the caller calls.
func (c Authorized) Begin(ctx context.Context, bytes int) (end func(), err error) {
	if c.session == nil {
		return func() {}, nil
	}
	bounds := c.session.api.config.Bounds
	ctx, err = bounds.Begin(ctx, c.session.key.Name, bytes)
	return func() { bounds.End(ctx) }, err
}

// Forward waits for the request's turn to be passed on.
func (c Authorized) Forward(ctx context.Context) error {
	if c.session == nil {
		return nil
	}
	return c.session.api.config.Bounds.Forward(ctx, c.session.key.Name)
}

// Forwarded tells [Config.OnCall] that the request was passed on and got that HTTP
// status. On an error the client must not get the answer.
func (c Authorized) ReportForwarded(ctx context.Context, status int) error {
	if c.session == nil || c.session.api.config.OnCall == nil {
		return nil
	}
	call := Call{Field: FieldForwarded, Key: c.session.key.Name, Tenant: c.session.tenant.ID}
	if status >= http.StatusBadRequest {
		call.Err = fmt.Sprintf("HTTP_%d", status)
	}
	return c.session.api.config.OnCall(ctx, call)
}

// Refused tells [Config.OnCall] that the request came to no field, and why.
func (c Authorized) ReportRefused(ctx context.Context, status int) {
	if c.session != nil {
		c.session.api.reportRefused(ctx, c.session, fmt.Sprintf("HTTP_%d", status))
	}
}

// FieldForwarded is the Field of a [Call] for a request that was passed on, whatever
// it asks for.
const FieldForwarded = "forwarded"

// IsEndpoint reports whether clients send GraphQL to that path.
func IsEndpoint(path string) bool { return endpoints[strings.TrimSuffix(path, "/")] }
