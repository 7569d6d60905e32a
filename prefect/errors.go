package prefect

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Reasons that callers tell apart with errors.Is.
var (
	// ErrNotFound means that there is no secret of that name.
	ErrNotFound = errors.New("secret not found")
	// ErrUnauthenticated means that the API does not know the key.
	ErrUnauthenticated = errors.New("the API key was not accepted")
	// ErrForbidden means that the key is known and may not do this.
	ErrForbidden = errors.New("the API key may not do this")
	// ErrRateLimited means that the API asked for fewer requests (HTTP 429).
	ErrRateLimited = errors.New("too many requests")
	// ErrBuildingFlow means that a secret was read while its flow was being
	// built, which Prefect refuses: the value would end up in the flow itself.
	ErrBuildingFlow = errors.New("a secret cannot be read while a flow is being built")
	// ErrNoAnswer means that a request was sent, or was being sent, and that no
	// whole answer to it came: what it asked for may have been done or not.
	ErrNoAnswer = errors.New("the API did not answer")
	// ErrPlainHTTP means that a URL would carry key and values in clear text beyond
	// this machine, which [ClientConfig] AllowHTTP permits.
	ErrPlainHTTP = errors.New("would send the key and every value in clear text: use https")
	// ErrNoSecretsAPI means that the server answers GraphQL and knows none of
	// the queries for secrets, as open-source Prefect Server does.
	ErrNoSecretsAPI = errors.New("this server has no secrets API")
)

// Error codes of Prefect Cloud (extensions.code), as Prefect's clients look for
// them (PrefectHQ/server, exceptions.py) and as Apollo Server 2 sends them.
const (
	CodeUnauthenticated  = "UNAUTHENTICATED"
	CodeForbidden        = "FORBIDDEN"
	CodeAPIError         = "API_ERROR"
	CodeValidationFailed = "GRAPHQL_VALIDATION_FAILED"
)

// notFoundText is what the API says of a missing secret. Its code is not
// recorded anywhere; clients look for the text (Prefect 1.4.1, client/secrets.py).
const notFoundText = "No value found for the requested key"

// malformedText is what the API says of a bad Authorization header, as a plain
// string in place of the list of errors (Prefect 0.9.3, tests/client/test_secrets.py).
const malformedText = "Malformed Authorization header"

// APIError is what the API answered in place of a result.
//
// It matches [ErrNotFound], [ErrUnauthenticated], [ErrForbidden] and
// [ErrRateLimited] under errors.Is.
type APIError struct {
	Code       string        // extensions.code; empty if the answer had none
	Path       string        // the field or alias that failed; empty for the whole document
	Status     int           // the HTTP status
	Message    string        // the resolver's own text, every value of the request taken out; empty for any other failure
	RetryAfter time.Duration // how long the API asked to wait; 0 if it did not say
	Location   string        // where a redirect leads: scheme, host and path; empty for any other answer

	leftOut bool // the answer says nothing of this field
	hidden  bool // the answer has a text that is not known
}

func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString(e.what())
	switch {
	case e.hidden:
		b.WriteString(", with a message that is not shown")
	case e.Message != "":
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if detail := e.detail(); detail != "" {
		fmt.Fprintf(&b, " (%s)", detail)
	}
	return b.String()
}

func (e *APIError) what() string {
	for _, sentinel := range []error{ErrNotFound, ErrUnauthenticated, ErrForbidden, ErrRateLimited} {
		if e.Is(sentinel) {
			return sentinel.Error()
		}
	}
	switch {
	case e.Location != "":
		return "the API answered with a redirect to " + e.Location + ": give the URL it leads to"
	case e.Status >= 300 && e.Status < 400:
		return "the API answered with a redirect; give the URL it leads to"
	case e.Status == http.StatusNotFound:
		return "there is no GraphQL API at this URL"
	case e.Status == http.StatusBadRequest:
		return "the API refused the document"
	case e.Status >= 500:
		return "the API is not available"
	default:
		return "the API answered with an error"
	}
}

func (e *APIError) detail() string {
	var parts []string
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	if e.Status != 0 && e.Status != http.StatusOK {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	return strings.Join(parts, ", ")
}

// Is reports whether the answer means target, one of this package's sentinels.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return strings.Contains(e.Message, notFoundText)
	case ErrUnauthenticated:
		return e.Code == CodeUnauthenticated || e.Status == http.StatusUnauthorized ||
			strings.Contains(e.Message, malformedText)
	case ErrForbidden:
		return e.Code == CodeForbidden || e.Status == http.StatusForbidden
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	}
	return false
}
