package cloud

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Content types as Express and Apollo Server write them.
const (
	typeJSON = "application/json; charset=utf-8"
	typeText = "text/html; charset=utf-8"
)

// Headers of answers, as lists that are never changed.
var (
	noStore, noSniff         = []string{"no-store"}, []string{"nosniff"}
	jsonAnswers, textAnswers = []string{typeJSON}, []string{typeText}
)

// Reply is the answer to a request.
type Reply struct {
	Status      int
	ContentType string
	Body        [][]byte // in parts
	RetryAfter  string   // the header, if not empty
	// Drop closes the connection instead of answering, Cut in the middle of the answer.
	Drop, Cut bool

	parts [2][]byte // holds Body if it is short, as in most answers
	start [16]byte  // holds the first part of such a Body
	allow string    // the Allow header, if not empty
	code  string    // of the error, if the reply is one; for [Config.OnCall]
}

func onePart(body []byte) [][]byte { return [][]byte{body} }

// append adds text to the last part.
func (r *Reply) append(text string) {
	last := &r.Body[len(r.Body)-1]
	*last = append(*last, text...)
}

// refuseKey returns the answer to a request whose key is refused.
func refuseKey(e *graphql.Error) *Reply {
	return errorReply(http.StatusOK, e, []byte("null"))
}

// errorReply returns an answer with one error, and with data unless that is nil.
func errorReply(status int, e *graphql.Error, data []byte) *Reply {
	resp := graphql.Response{Errors: []*graphql.Error{e}}
	if data != nil {
		resp.Data = onePart(data)
	}
	body := onePart(append(resp.Append(nil), '\n'))
	return &Reply{Status: status, ContentType: typeJSON, Body: body, code: e.Code}
}

func textReply(status int, text string) *Reply {
	return &Reply{Status: status, ContentType: typeText, Body: onePart([]byte(text))}
}

func methodNotAllowed(text, allow string) *Reply {
	reply := textReply(http.StatusMethodNotAllowed, text)
	reply.allow = allow
	return reply
}

// write sends the reply. For Drop and Cut it panics with [http.ErrAbortHandler], which
// closes the connection.
func (r *Reply) write(w http.ResponseWriter) {
	if r.Drop {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h["Content-Type"] = jsonAnswers
	if r.ContentType == typeText {
		h["Content-Type"] = textAnswers
	}
	h["Cache-Control"], h["X-Content-Type-Options"] = noStore, noSniff
	if r.RetryAfter != "" {
		h.Set("Retry-After", r.RetryAfter)
	}
	if r.allow != "" {
		h.Set("Allow", r.allow)
	}
	if r.Cut {
		r.cut(w)
	}
	w.WriteHeader(r.Status)
	for _, part := range r.Body {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// cut sends half of the reply and closes the connection.
func (r *Reply) cut(w http.ResponseWriter) {
	body := bytes.Join(r.Body, nil)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.Status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// BusyMessage is the message for a request that the bounds refuse.
const BusyMessage = "The server is busy. Try again."

// busyReply returns the answer to a request that the bounds refuse, in a form that
// Prefect's clients retry.
func busyReply() *Reply {
	reply := errorReply(http.StatusServiceUnavailable, &graphql.Error{Message: BusyMessage, Code: errAPI.Code}, nil)
	reply.RetryAfter = "1"
	return reply
}
