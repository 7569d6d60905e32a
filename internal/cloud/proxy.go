package cloud

import (
	"context"
	"fmt"
	"net/http"
)

// AuthorizedClient is who sent a request that another handler answers: a proxy in front
// of an API forwards what is not for the API. It holds such a request to the API's
// bounds and reports it. The zero value waits for nothing and reports nothing.
type AuthorizedClient struct{ session *session }

// Authorize reports whether the API would answer the request, and for whom: the
// request has a key that may use the tenant that the request names. A planner, which
// may only list names, is not authorized, nor is a refresh token.
func (a *API) Authorize(r *http.Request) (AuthorizedClient, bool) {
	s, reply := a.authenticate(r.Context(), r.Header)
	if reply != nil || s.key.kind == refreshKind || s.key.Role == Planner {
		return AuthorizedClient{}, false
	}
	return AuthorizedClient{s}, true
}

// ReserveBody reserves that many more bytes for the body, like [Bounds].Body.
func (c AuthorizedClient) ReserveBody(ctx context.Context, bytes int) error {
	if c.session == nil {
		return nil
	}
	return c.session.api.config.Bounds.Body(ctx, c.session.key.Name, bytes)
}

// Begin waits for the request's turn to be read. The caller calls end unless there is
// an error.
func (c AuthorizedClient) Begin(ctx context.Context, bytes int) (end func(), err error) {
	if c.session == nil {
		return func() {}, nil
	}
	bounds := c.session.api.config.Bounds
	ctx, err = bounds.Begin(ctx, c.session.key.Name, bytes)
	return func() { bounds.End(ctx) }, err
}

// Forward waits for the request's turn to be forwarded.
func (c AuthorizedClient) Forward(ctx context.Context) error {
	if c.session == nil {
		return nil
	}
	return c.session.api.config.Bounds.Forward(ctx, c.session.key.Name)
}

// ReportForwarded reports to [Config.OnCall] that the request was forwarded and got
// that HTTP status. If it returns an error, the client must not get the answer.
func (c AuthorizedClient) ReportForwarded(ctx context.Context, status int) error {
	if c.session == nil || c.session.api.config.OnCall == nil {
		return nil
	}
	call := Call{Field: FieldForwarded, Key: c.session.key.Name, Tenant: c.session.tenant.ID}
	if status >= http.StatusBadRequest {
		call.Err = fmt.Sprintf("HTTP_%d", status)
	}
	return c.session.api.config.OnCall(ctx, call)
}

// ReportRefused reports to [Config.OnCall] that the request was refused with that
// HTTP status.
func (c AuthorizedClient) ReportRefused(ctx context.Context, status int) {
	if c.session != nil {
		c.session.api.reportRefused(ctx, c.session, fmt.Sprintf("HTTP_%d", status))
	}
}

// FieldForwarded is the Field of a [Call] for a forwarded request, whatever it asks
// for.
const FieldForwarded = "forwarded"
