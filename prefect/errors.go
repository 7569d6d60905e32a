package prefect

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// The errors that callers tell apart with errors.Is.
var (
	// ErrNotFound means that no secret has that name.
	ErrNotFound = errors.New("secret not found")
	// ErrUnauthenticated means that the API does not accept the key, or not for the
	// tenant: then the error matches ErrTenantRefused too.
	ErrUnauthenticated = errors.New("the API key was not accepted")
	// ErrTenantRefused means that the API accepts the key, but not for the tenant of
	// the request. Only this project's store reports this; it does not say whether the
	// tenant exists.
	ErrTenantRefused = errors.New("the API key may not use this tenant, or the tenant does not exist")
	// ErrForbidden means that the API knows the key, but the key may not do this.
	ErrForbidden = errors.New("the API key may not do this")
	// ErrRateLimited means that the API asked for fewer requests (HTTP 429).
	ErrRateLimited = errors.New("too many requests")
	// ErrBuildingFlow means that a secret was read while its flow was being built,
	// which Prefect refuses: the value would end up in the flow itself.
	ErrBuildingFlow = errors.New("a secret cannot be read while a flow is being built")
	// ErrNoAnswer means that a request was sent, at least in part, and got no complete
	// answer: the API may or may not have done what it asked for.
	ErrNoAnswer = errors.New("the API did not answer")
	// ErrPlainHTTP means that the URL would send key and values unencrypted to another
	// host. AllowHTTP of a [ClientConfig] permits that.
	ErrPlainHTTP = errors.New("would send the key and every value unencrypted: use https")
	// ErrNoSecretsAPI means that the server speaks GraphQL but has none of the queries
	// for secrets, such as the open-source Prefect Server.
	ErrNoSecretsAPI = errors.New("this server has no secrets API")
)

// Error codes of Prefect Cloud (extensions.code), as Prefect's clients look for them
// (PrefectHQ/server, exceptions.py) and as Apollo Server 2 sends them.
const (
	codeUnauthenticated  = "UNAUTHENTICATED"
	codeForbidden        = "FORBIDDEN"
	codeAPIError         = "API_ERROR"
	codeValidationFailed = "GRAPHQL_VALIDATION_FAILED"
	codeInternal         = "INTERNAL_SERVER_ERROR" // of a resolver's error without a code of its own
)

// refusedTenant is extensions.refused of this project's store, beside
// codeUnauthenticated, if the key is known and may not use the tenant.
const refusedTenant = "tenant"

// notFoundText is what the API says about a missing secret. Its code is not recorded
// anywhere; clients look for the text (Prefect 1.4.1, client/secrets.py).
const notFoundText = "No value found for the requested key"

// malformedText is what the API says about a bad Authorization header, as one string
// in place of the list of errors (Prefect 0.9.3, tests/client/test_secrets.py).
const malformedText = "Malformed Authorization header"

// APIError is an answer of the API that holds an error instead of a result.
//
// It matches [ErrNotFound], [ErrUnauthenticated], [ErrTenantRefused], [ErrForbidden]
// and [ErrRateLimited] under errors.Is.
type APIError struct {
	Status     int           // the HTTP status
	Code       string        // extensions.code; empty if the answer had none
	Message    string        // a resolver's own text, without any value of the request; empty for any other failure
	RetryAfter time.Duration // how long the API asked to wait; 0 if it did not say

	from     origin
	refused  string // extensions.refused of this project's store
	path     string // the field or alias that failed; empty for the whole document
	redirect string // what a redirect means; empty for any other answer
	omitted  bool   // the answer has no result for this field
	hidden   bool   // the answer has a message that may not be shown
}

func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString(e.what())
	switch {
	case e.Is(ErrTenantRefused): // the message says less
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
	if e.isForeign() {
		if text := e.whatForeign(); text != "" {
			return text
		}
	}
	for _, sentinel := range []error{ErrNotFound, ErrTenantRefused, ErrUnauthenticated, ErrForbidden, ErrRateLimited} {
		if e.Is(sentinel) {
			return sentinel.Error()
		}
	}
	switch {
	case e.redirect != "":
		return e.redirect
	case e.Status == http.StatusNotFound:
		return "there is no GraphQL API at this URL"
	case e.Status == http.StatusBadRequest:
		return "the API refused the document"
	}
	return httperr.Status(e.Status, e.from.sent)
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
	if e.isForeign() && (target == ErrUnauthenticated || target == ErrForbidden) {
		return false
	}
	switch target {
	case ErrNotFound:
		return strings.Contains(e.Message, notFoundText)
	case ErrUnauthenticated:
		return e.Code == codeUnauthenticated || e.Status == http.StatusUnauthorized ||
			strings.Contains(e.Message, malformedText)
	case ErrTenantRefused:
		return e.Code == codeUnauthenticated && e.refused == refusedTenant
	case ErrForbidden:
		return e.Code == codeForbidden || e.Status == http.StatusForbidden
	case ErrRateLimited:
		return e.Status == http.StatusTooManyRequests
	}
	return false
}
