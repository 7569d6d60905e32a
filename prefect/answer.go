package prefect

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// form is what the body of an answer is.
type form int

const (
	formGraphQL form = iota // data or errors
	formHTML
	formPrefect2 // an error of the REST API of Prefect 2 or 3
	formJSON     // other JSON
	formOther
)

// names of the forms that are not GraphQL's, for an answer with status 200.
var formNames = map[form]string{
	formHTML: "HTML instead of GraphQL's JSON: a proxy or login page?",
	formJSON: "JSON that is not GraphQL's: is it the URL of the secrets API?",
}

// origin is where an answer is from.
type origin struct {
	url   *url.URL // that was asked
	form  form
	sent  int64 // the bytes of the request's body
	https bool  // an answer in http says that the server expects https
}

// address returns the URL that was asked, as messages show it.
func (o origin) address() string {
	if o.url == nil {
		return "the URL"
	}
	return address.Redacted(o.url)
}

// prefect2Details are what the servers of Prefect 2.20.27 and 3.9.1 answered as detail
// to a POST of GraphQL, at /, /api and elsewhere, with a status of 403, 404 or 405. All
// other errors of theirs have an exception_message.
var prefect2Details = []string{"Not Found", "Method Not Allowed", "Missing CSRF token."}

// formOf returns the form of a body that holds neither data nor errors of GraphQL.
func formOf(header http.Header, body []byte) form {
	var failed struct {
		Detail    any    `json:"detail"`
		Exception string `json:"exception_message"`
	}
	switch {
	case httperr.IsHTML(header, body):
		return formHTML
	case !json.Valid(body):
		return formOther
	case json.Unmarshal(body, &failed) != nil:
		return formJSON
	}
	if detail, _ := failed.Detail.(string); failed.Exception != "" || slices.Contains(prefect2Details, detail) {
		return formPrefect2
	}
	return formJSON
}

// notGraphQL returns why an answer with status 200 is not one of a secrets API.
func (o origin) notGraphQL() error {
	name, ok := formNames[o.form]
	if !ok {
		name = "neither HTML nor JSON: is it the URL of the secrets API?"
	}
	return fmt.Errorf("%s answered with %s", o.address(), name)
}

// isForeign reports whether an answer with an error is from something other than the
// API, such as a proxy in front of it.
func (e *APIError) isForeign() bool { return e.from.form != formGraphQL }

// whatForeign says what an answer means that is not in GraphQL. It returns "" if the
// status alone says it.
func (e *APIError) whatForeign() string {
	at := e.from.address()
	switch {
	case e.from.form == formPrefect2 && e.Status < http.StatusInternalServerError:
		return at + " answers like the API of Prefect 2 or 3, which keeps secrets as blocks: " +
			"use the URL of a GraphQL API of Prefect 1, such as that of prefect-secrets serve"
	case e.Status == http.StatusNotFound, e.Status == http.StatusMethodNotAllowed:
		return "there is no GraphQL API at " + at + e.from.pathHint()
	}
	foreign := httperr.Foreign{
		At: at, Status: e.Status, Sent: e.from.sent, HTML: e.from.form == formHTML, HTTPS: e.from.https,
	}
	return foreign.Sentence()
}

// pathHint says where secrets APIs answer, unless the URL has no path.
func (o origin) pathHint() string {
	if o.url == nil || strings.Trim(o.url.Path, "/") == "" {
		return ""
	}
	return ": try / or /graphql"
}
