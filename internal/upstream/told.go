package upstream

import (
	"context"
	"errors"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// errUntold keeps an answer from the client that the API could not be told of.
var errUntold = errors.New("the API could not be told of what was passed on")

type callerKey struct{}

// from is r with who sent it, which the proxy's copies of it keep.
func from(caller cloud.Authorized, r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, caller))
}

// told tells the API of a request that was passed on.
func told(r *http.Request, status int) error {
	caller, _ := r.Context().Value(callerKey{}).(cloud.Authorized)
	if caller.ReportForwarded(r.Context(), status) != nil {
		return errUntold
	}
	return nil
}
