// Package faults describes how calls of a fake of Prefect's secrets API fail: a
// [Match] selects calls, a [Fault] says what happens to them. testkit injects faults;
// serve --dev reads them as JSON.
package faults

import (
	"net/http"
	"time"
)

// Fault is what happens to a call that matches. With the zero Fault nothing happens:
// the rule then only asserts that there is a call that matches.
//
// Status, Drop, Truncate and Malformed end the whole request with all its fields; a
// rule with Times counts that once.
type Fault struct {
	// Status answers the request with this HTTP status, and with Code and Message in
	// the errors of the body. Under 200 there is data: null too.
	Status int
	// Code and Message are those of the error: with Status of the request, else of
	// the one field.
	Code, Message string
	// Sealed fails the field as if the store did not answer. It applies only to fields
	// that need the store.
	Sealed bool
	// Drop ends the connection without an answer.
	Drop bool
	// Truncate ends the connection in the middle of the answer, Malformed replaces
	// the answer by a proxy's page. The request is executed first, unless Status is
	// set.
	Truncate, Malformed bool
	// Applied executes the call first, and only then lets the fault happen.
	Applied bool
	// Delay is waited before anything else, or with Applied before the answer; once in
	// a request, however many of its fields match. The request's context ends the wait.
	Delay time.Duration
	// RetryAfter is sent with Status, in whole seconds rounded up; 0 sends none.
	RetryAfter time.Duration
}

// RateLimited returns HTTP 429 with a Retry-After; 0 sends none, and clients then
// choose their own wait.
func RateLimited(retryAfter time.Duration) Fault {
	return Fault{Status: http.StatusTooManyRequests, RetryAfter: retryAfter}
}

// Unavailable returns HTTP 503: a deploy, or a load balancer with no server behind
// it.
func Unavailable() Fault { return Fault{Status: http.StatusServiceUnavailable} }

// ReplyLost executes the call and drops the connection instead of an answer: the
// client cannot know that the call was executed.
func ReplyLost() Fault { return Fault{Drop: true, Applied: true} }

// KeyExpired refuses the request as the API refuses an expired or revoked key:
// UNAUTHENTICATED under HTTP 200, with data: null.
func KeyExpired() Fault {
	return Fault{Status: http.StatusOK, Code: "UNAUTHENTICATED", Message: "Unauthenticated"}
}

// PartialFailure fails the matching fields with API_ERROR; the other fields of their
// document are executed.
func PartialFailure() Fault {
	return Fault{Code: "API_ERROR", Message: "Unable to complete operation. An internal API error occurred."}
}

// StoreSealed fails every matching field that needs the store with API_ERROR, as an
// API does whose Vault is sealed.
func StoreSealed() Fault { return Fault{Sealed: true} }
