package blocks

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// answerError is an answer that is not the success that was asked for.
type answerError struct {
	text   string
	detail string // one of the knownMessages; empty for any other
	busy   bool   // the server's database is busy
	// api is what sync decides by: whether a retry may help, and whether the request
	// may have been carried out. It is nil for an answer that stays the same, and that
	// is not about the key.
	api *prefect.APIError
	// keyless means that there is no key, and the server requires one.
	keyless bool
}

func (e *answerError) Error() string { return e.text }

func (e *answerError) Unwrap() error {
	switch {
	case e.keyless:
		return apikey.ErrNone
	case e.api == nil:
		return nil
	}
	return e.api
}

// hasDetail reports whether err is an answer with a message of Prefect's.
func hasDetail(err error, detail string) bool {
	var answered *answerError
	return errors.As(err, &answered) && answered.detail == detail
}

func isBusy(err error) bool {
	var answered *answerError
	return errors.As(err, &answered) && answered.busy
}

// origin is where an answer is from.
type origin struct {
	client *Client
	sent   int64 // the bytes of the request's body
}

// sniffed is how many bytes of an answer show what it is.
const sniffed = 512

// sniff returns the beginning of an answer, and the complete answer.
func sniff(body io.Reader) (start []byte, rest io.Reader) {
	buffered := bufio.NewReaderSize(body, 4<<10)
	start, _ = buffered.Peek(sniffed)
	return bytes.Clone(start), buffered
}

// refusal returns the error of an answer.
func (from origin) refusal(resp *http.Response) error {
	status := resp.StatusCode
	if status < http.StatusBadRequest {
		return from.unexpected(resp)
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	failed := failureOf(body)
	e := &answerError{detail: knownMessage(failed.message()), api: &prefect.APIError{
		Status: status, RetryAfter: httperr.RetryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}}
	switch text := from.elsewhere(resp, body, failed); {
	case text != "":
		e.text = text
		if !e.mayPass() {
			e.api = nil
		}
	case status == http.StatusUnauthorized && from.client.authorization() == "":
		e.text, e.api, e.keyless = from.at()+" requires a key: set PREFECT_API_AUTH_STRING, or pass --api-key-file", nil, true
	case status == http.StatusForbidden && e.detail == csrfMissing:
		e.text, e.api = from.at()+" requires CSRF tokens, which prefect-secrets does not send: set PREFECT_SERVER_CSRF_PROTECTION_ENABLED=false on the server", nil
	case status == http.StatusInternalServerError && from.client.authNotASCII:
		e.text, e.api = "the auth string has a character outside ASCII, on which Prefect's server fails (HTTP 500): "+
			"use ASCII in PREFECT_API_AUTH_STRING and PREFECT_SERVER_API_AUTH_STRING", nil
	default:
		e.busy = status == http.StatusServiceUnavailable && e.detail == serviceUnavailable
		e.text = e.whatPrefectSays(from.sent)
		if status >= http.StatusInternalServerError {
			e.text += from.afterFailure()
		}
	}
	return e
}

// afterFailure says what to do after the API itself failed. Nobody sees the log of Prefect
// Cloud's servers.
func (from origin) afterFailure() string {
	if from.client.cloud {
		return ": try again later"
	}
	return ": try again later, and see the server's log"
}

// mayPass reports whether an answer of something in front of the API is about a moment.
func (e *answerError) mayPass() bool {
	status := e.api.Status
	return status >= http.StatusInternalServerError || status == http.StatusTooManyRequests ||
		status == http.StatusRequestTimeout || status == http.StatusTooEarly
}

// whatPrefectSays returns the text of an answer of the API.
func (e *answerError) whatPrefectSays(sent int64) string {
	status := e.api.Status
	text := httperr.Status(status, sent)
	switch {
	case e.busy:
		text = "the server's database is busy"
	case status == http.StatusConflict:
		text = "the API reports a conflict with another write: run the sync again"
	case status < http.StatusInternalServerError && status != http.StatusRequestEntityTooLarge:
		text = "the API refused the request"
	}
	for _, sentinel := range []error{prefect.ErrUnauthenticated, prefect.ErrForbidden, prefect.ErrRateLimited} {
		if errors.Is(e.api, sentinel) {
			text = sentinel.Error()
		}
	}
	if e.detail != "" && !e.busy {
		text += ": " + e.detail
	}
	return fmt.Sprintf("%s (HTTP %d)", text, e.api.Status)
}

// elsewhere says what an answer with an error means that is not the API's of Prefect 2
// or 3, or is that of a wrong path. It returns "" for one of the API, and for one of
// which the status says all.
func (from origin) elsewhere(resp *http.Response, body []byte, failed failure) string {
	status := resp.StatusCode
	missing := status == http.StatusNotFound || status == http.StatusMethodNotAllowed
	switch {
	case failed.isGraphQL():
		return from.isGraphQL()
	case missing && (!failed.isPrefect() || failed.isRoute()):
		return from.noAPI(failed)
	case failed.isPrefect():
		return ""
	}
	foreign := httperr.Foreign{
		At: from.at(), Status: status, Sent: from.sent,
		HTML: httperr.IsHTML(resp.Header, body), HTTPS: httperr.WantsHTTPS(status, body),
	}
	return foreign.Sentence()
}

// unexpected returns the error of an answer that is neither an error nor what was asked
// for. Unless it is a redirect, the API may have done what it was asked for.
func (from origin) unexpected(resp *http.Response) error {
	if redirect := httperr.Redirect(resp.Request.URL, resp); redirect != "" {
		return &answerError{text: fmt.Sprintf("%s (HTTP %d)", redirect, resp.StatusCode)}
	}
	start, _ := sniff(resp.Body)
	return from.notPrefect(resp, start)
}

// notPrefect returns why an answer that is a success is not one of the API.
func (from origin) notPrefect(resp *http.Response, start []byte) error {
	text := "unexpected JSON from " + from.at() + ": " + useURL
	switch trimmed := bytes.TrimSpace(start); {
	case httperr.IsHTML(resp.Header, start):
		text = from.at() + " answered with a web page: " + from.pathHint()
	case bytes.HasPrefix(trimmed, []byte(`{"data"`)), bytes.HasPrefix(trimmed, []byte(`{"errors"`)):
		text = from.isGraphQL()
	case len(trimmed) == 0 || !strings.ContainsRune(`[{"`, rune(trimmed[0])):
		text = "unexpected answer from " + from.at() + ": " + useURL
	}
	return &noAnswer{text: text, cause: errNotPrefect}
}

var errNotPrefect = errors.New("the answer is not one of Prefect's API")

func (from origin) isGraphQL() string {
	return from.at() + " answers like a GraphQL API of Prefect 1: use the URL of the API of Prefect 2 or 3, " +
		"or remove store = \"blocks\" from the environment"
}

// at returns the API's URL, as messages show it.
func (from origin) at() string { return address.Display(from.client.url) }

// useURL says where the URL of the API is.
const useURL = "use the URL in PREFECT_API_URL"

// noAPI says that the URL has no API of Prefect 2 or 3. Prefect's own server has it
// elsewhere; what else answers may be the store of Prefect 1, and has none.
func (from origin) noAPI(failed failure) string {
	text := "no API of Prefect 2 or 3 at " + from.at() + ": "
	if failed.isRoute() {
		return text + from.pathHint()
	}
	return text + useURL + ". Is this the URL of the store of Prefect 1?"
}

// pathHint says which URL to use instead.
func (from origin) pathHint() string {
	if guess := from.guess(); guess != "" {
		return "use " + guess
	}
	return useURL + ", without a login page in front of it"
}

// pages are the first parts of the paths of a server's pages, and of what is below its API.
var pages = []string{"api", "docs", "dashboard", "runs", "flows", "flow-runs", "deployments", "blocks", "variables", "settings", "v2"}

// guess returns where the API probably is: at /api, beside the server's pages. It is
// empty if the URL has that path already.
func (from origin) guess() string {
	at := from.at()
	if strings.HasSuffix(at, "/api") || from.client.cloud {
		return ""
	}
	parts := strings.Split(at, "/")
	for i := 3; i < len(parts); i++ { // after the scheme and the host
		if slices.Contains(pages, parts[i]) {
			parts = parts[:i]
		}
	}
	return strings.Join(parts, "/") + "/api"
}

// failure is an answer with an error, as Prefect's servers and GraphQL's write it.
type failure struct {
	Detail    any             `json:"detail"`
	Exception string          `json:"exception_message"`
	Errors    json.RawMessage `json:"errors"`
	Data      json.RawMessage `json:"data"`
}

// failureOf returns the zero failure for anything but JSON.
func failureOf(body []byte) (failed failure) {
	if json.Unmarshal(body, &failed) != nil {
		return failure{}
	}
	return failed
}

func (f failure) isPrefect() bool { return f.Detail != nil || f.Exception != "" }

func (f failure) isGraphQL() bool { return !f.isPrefect() && (f.Errors != nil || f.Data != nil) }

// isRoute reports whether Prefect's server has no such route.
func (f failure) isRoute() bool {
	message := f.message()
	return message == "Not Found" || message == "Method Not Allowed"
}

func (f failure) message() string {
	if detail, ok := f.Detail.(string); ok {
		return detail
	}
	return f.Exception
}
