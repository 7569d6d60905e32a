package fake

import (
	"fmt"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// fault is one with what the engine asks of it.
type fault struct{ faults.Fault }

// validate says why a fault cannot happen as it is described.
func (f fault) validate() error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599 || f.Status == http.StatusNoContent || f.Status == http.StatusNotModified):
		return fmt.Errorf("a fault has the status %d: use one from 200 to 599 that has a body", f.Status)
	case f.Delay < 0 || f.RetryAfter < 0:
		return fmt.Errorf("a fault has a negative time")
	case f.RetryAfter > 0 && f.Status == 0:
		return fmt.Errorf("a fault has RetryAfter, which goes out with Status, and no Status")
	case f.Drop && (f.Status != 0 || f.Truncate || f.Malformed):
		return fmt.Errorf("a fault drops the connection and answers as well: Drop stands without Status, Truncate and Malformed")
	case f.Truncate && f.Malformed:
		return fmt.Errorf("a fault both truncates the answer and replaces it")
	case f.Sealed && (f.wholeRequest() || f.Code != "" || f.Message != "" || f.Applied):
		return fmt.Errorf("a fault seals the store and does more: only Delay stands beside Sealed")
	case f.wholeRequest() && f.Status == 0 && (f.Code != "" || f.Message != ""):
		return fmt.Errorf("a fault has Code or Message beside Drop, Truncate or Malformed: they need Status")
	}
	return nil
}

// wholeRequest tells faults of the HTTP request from those of one field.
func (f *fault) wholeRequest() bool { return f.Status != 0 || f.Drop || f.Truncate || f.Malformed }

// carriedOut reports whether the request does what it asks for nevertheless.
func (f *fault) carriedOut() bool { return f.Applied || f.Status == 0 && !f.Drop }

// outcome is what is recorded of the calls of a request that ends so.
func (f *fault) outcome() string {
	switch {
	case f.Drop:
		return "DROPPED"
	case f.Truncate:
		return "TRUNCATED"
	case f.Malformed:
		return "MALFORMED"
	case f.Status == http.StatusOK && f.Code != "":
		return f.Code
	}
	return fmt.Sprintf("HTTP_%d", f.Status)
}
