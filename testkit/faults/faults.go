// Package faults describes what happens to the calls of a fake of Prefect's secrets
// API: [Match] says to which, [Fault] what. testkit injects them, and has these names
// too; serve --dev takes them as JSON.
package faults

import "time"

// Fault is what happens to a call that matches. Its zero value is that nothing
// does, so that a match alone says that a call must come.
//
// Status, Drop, Truncate and Malformed end the whole request, all its fields; a
// rule with Times applies once then.
type Fault struct {
	// Status answers the request with this HTTP status, and Code and Message in an
	// errors body. Under 200 there is data: null beside them.
	Status int
	// Code and Message are of the error: of the request with Status, else of the one
	// field.
	Code, Message string
	// Sealed fails the field as a store does that does not answer. It applies to
	// fields that ask the store.
	Sealed bool
	// Drop ends the connection without an answer.
	Drop bool
	// Truncate ends the connection in the middle of the answer, Malformed puts a
	// proxy's page in its place. What is asked for is done first, unless Status is
	// set.
	Truncate, Malformed bool
	// Applied does what is asked for first, and only then lets the fault happen.
	Applied bool
	// Delay passes first, or with Applied before the answer; once in a request,
	// however many of its fields the rule applies to. The request's context ends it.
	Delay time.Duration
	// RetryAfter is sent along with Status, in whole seconds rounded up; 0 means not
	// at all.
	RetryAfter time.Duration
}

// Call is one field that a client asked for. It holds no value.
type Call struct {
	Seq    int    `json:"seq"`    // from 1, in the order in which calls ended
	Alias  string `json:"alias"`  // the key of the result
	Field  string `json:"field"`  // as the client spelt it
	Tenant string `json:"tenant"` // the id
	Secret string `json:"secret"` // the name; empty if the field is about none
	Key    string `json:"key"`    // the name of the key: admin, runner, or one that was added
	// Err is the code of the error that the field ended with; if a fault ended the
	// request it is HTTP_503 and the like, DROPPED, TRUNCATED, MALFORMED or the code
	// under HTTP 200. It is empty for success.
	Err string `json:"err"`
}
