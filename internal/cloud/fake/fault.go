package fake

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// fault is a fault with what it does to a request or to a field.
type fault struct{ faults.Fault }

// check returns why a fault cannot happen as it is described.
func (f *fault) check() error {
	errorBody := f.Code != "" || f.Message != ""
	switch {
	case !validStatus(f.Status):
		return fmt.Errorf("a fault has the status %d: use one from 200 to 599 that has a body", f.Status)
	case f.Delay < 0 || f.RetryAfter < 0:
		return fmt.Errorf("a fault has a negative time")
	case f.RetryAfter > 0 && f.Status == 0:
		return fmt.Errorf("a fault has RetryAfter without Status: set Status")
	case f.Drop && (f.Status != 0 || f.Truncate || f.Malformed):
		return fmt.Errorf("a fault both drops the connection and answers: use Drop without Status, Truncate and Malformed")
	case f.Truncate && f.Malformed:
		return fmt.Errorf("a fault both truncates the answer and replaces it")
	case f.Sealed && (f.endsRequest() || errorBody || f.Applied):
		return fmt.Errorf("a fault seals the store and does more: use Sealed alone or with Delay")
	case f.endsRequest() && f.Status == 0 && errorBody:
		return fmt.Errorf("a fault has Code or Message with Drop, Truncate or Malformed: they need Status")
	}
	return nil
}

// validStatus reports whether an answer with a body can have the status; 0 means that
// a fault has none.
func validStatus(status int) bool {
	switch status {
	case 0:
		return true
	case http.StatusNoContent, http.StatusNotModified:
		return false
	}
	return status >= 200 && status <= 599
}

// endsRequest reports whether a fault is about the HTTP request and not about a
// field.
func (f *fault) endsRequest() bool { return f.Status != 0 || f.Drop || f.Truncate || f.Malformed }

// isExecuted reports whether a request that the fault ends is executed all the same.
func (f *fault) isExecuted() bool { return f.Applied || f.Status == 0 && !f.Drop }

// outcome returns what is recorded of the calls of a request that the fault ends.
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

// reply returns the answer of a fault with a status.
func (f *fault) reply() *cloud.Reply {
	message := cmp.Or(f.Message, fmt.Sprintf("%d %s (injected)", f.Status, http.StatusText(f.Status)))
	out := cloud.ErrorReply(f.Status, message, f.Code)
	if f.RetryAfter > 0 {
		out.RetryAfter = fmt.Sprint(int64((f.RetryAfter + time.Second - 1) / time.Second))
	}
	return out
}

// proxyPage is what a proxy answers when the API behind it is down.
const proxyPage = "<html>\r\n<head><title>Bad Gateway</title></head>\r\n<body><h1>Bad Gateway</h1></body>\r\n</html>\r\n"

// damage truncates an answer or replaces it by a proxy's page, if the fault does so.
func (f *fault) damage(reply *cloud.Reply) {
	reply.Cut = f.Truncate
	if f.Malformed {
		reply.SetText(proxyPage)
	}
}

// failsField reports whether a field that the fault is about ends with an error.
func (f *fault) failsField() bool { return f.Sealed || f.Code != "" || f.Message != "" }

func (f *fault) fieldError() error {
	switch {
	case f.Sealed:
		failure := faults.PartialFailure()
		return cloud.FieldError(failure.Message, failure.Code)
	case f.Message == "":
		return cloud.FieldError(f.Code+" (injected)", f.Code)
	}
	return cloud.FieldError(f.Message, f.Code)
}
