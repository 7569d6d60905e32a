package prefect

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// knownMessages are the messages that a secrets API is known to send in errors:
// Prefect Cloud (tests and clients of Prefect 0.9.3 and 1.4.1; PrefectHQ/server,
// exceptions.py), Apollo Server 2.25, graphql-js 14 and 15, Hasura, and this
// project's own server. An asterisk is a part that differs, where a server could put
// a value. It is displayed as dots.
var knownMessages = []string{
	// Prefect Cloud and Server
	"Unauthenticated",
	"Unauthorized",
	notFoundText,
	malformedText,
	"An unknown error occurred.",
	"Uniqueness violation.",
	"Unable to complete operation. An internal API error occurred.",
	"An internal API error occurred.",
	"Invalid API key",
	"Forbidden",
	"Unable to complete operation",
	"Malformed response received from API.",
	"Resource not found",
	"Not found",
	"Internal server error",
	"Internal Server Error",
	"Too many requests",
	"Too Many Requests",
	"Rate limit exceeded",
	// Apollo Server
	"Must provide query string.",
	"PersistedQueryNotSupported",
	"PersistedQueryNotFound",
	"Variables are invalid JSON.",
	"GraphQL introspection is not allowed*",
	"Context creation failed*",
	"Must provide an operation.",
	"Must provide operation name if query contains multiple operations.",
	"Unknown operation named *",
	"Unknown operation name.",
	// graphql-js
	"Cannot query field * on type *",
	"Unknown argument * on field *",
	"Unknown type *",
	"Unknown fragment *",
	"Syntax Error*",
	"Field * argument * of type * is required, but it was not provided.",
	"Field * of type * must have a selection of subfields.*",
	"Field * must not have a selection since type * has no subfields.",
	"Fields * conflict because*",
	"Variable * of required type * was not provided.",
	"Variable * of non-null type * must not be null.",
	"Variable * got invalid value*",
	"Variable * got an invalid value*",
	"Variable * of type * used in position expecting type *",
	"Variable * is not defined*",
	"Variable * is never used*",
	"Variables must be provided as an Object where each property is a variable value.",
	"Argument * has an invalid value*",
	"Argument * of non-null type *",
	"Cannot return null for non-nullable field *",
	"Expected type *",
	"Schema is not configured for *",
	"* exceeds maximum operation depth of *",
	// Hasura
	"field * not found in type: *",
	"Could not verify JWT: *",
	"Missing Authorization header in JWT authentication mode",
	"database query error",
	// this project's server
	"the value of a secret holds at most 65536 bytes of JSON",
	"the name of a secret holds at most 255 bytes",
	"The request is larger than 5242880 bytes.",
	"The document exceeds the maximum operation depth of 7.",
	"the name of a secret is not UTF-8",
	"the name of a secret must not be empty",
	"the name of a secret holds at most * bytes",
	"the value of a secret is not JSON",
	"the value of a secret must not be null",
	"the value of a secret holds at most * bytes of JSON",
	"uuid cannot represent a value that is not a UUID",
	"The request is larger than * bytes.",
	"The document cannot be checked.",
	"The document has more than *",
	"The request has more than * variables.",
	"The variables have more than * values.",
	"The document has a field of more than * arguments.",
	"The document has a name of more than * characters.",
	"The server is busy. Try again.",
	"the request asks for too much at once: send its fields in several requests",
	"the request selects more than * fields of one row",
	"limit and offset must not be negative",
	"where has more than * conditions",
	"The document exceeds the maximum operation depth of *",
	"The document selects one field more than *",
	"The literals of the document hold more than *",
}

// knownForms matches the knownMessages. It is compiled for the first error that a
// server sends: most runs of a command see none.
var knownForms = sync.OnceValue(func() []*regexp.Regexp {
	var forms []*regexp.Regexp
	for _, message := range knownMessages {
		form := strings.ReplaceAll(regexp.QuoteMeta(message), `\*`, `(.*)`)
		forms = append(forms, regexp.MustCompile(`^(?s:`+form+`)$`))
	}
	return forms
})

// knownMessage returns what may be displayed of a server's text, which is empty for
// an unknown one.
func knownMessage(text string) string {
	// Clients look for these, whatever surrounds them.
	for _, part := range []string{notFoundText, malformedText} {
		if strings.Contains(text, part) {
			return part
		}
	}
	for i, form := range knownForms() {
		if form.MatchString(text) {
			return strings.ReplaceAll(knownMessages[i], "*", "…")
		}
	}
	return ""
}

// knownCodes are the codes that a secrets API is known to send.
var knownCodes = []string{
	codeUnauthenticated, codeForbidden, codeAPIError, codeValidationFailed, codeInternal,
	"GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT", "PERSISTED_QUERY_NOT_SUPPORTED", "PERSISTED_QUERY_NOT_FOUND",
}

// withKnownText returns the error with only the known parts of the server's text.
func (e *APIError) withKnownText() *APIError {
	known := *e
	if !e.omitted && e.Message != "" {
		known.Message = knownMessage(e.Message)
		known.hidden = known.Message == ""
	}
	if !slices.Contains(knownCodes, e.Code) {
		known.Code = ""
	}
	return &known
}
