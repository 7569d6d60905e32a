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

// Values of headers that every answer has; nobody changes them.
var noStore, noSniff = []string{"no-store"}, []string{"nosniff"}

// Reply is what a request is answered with.
type Reply struct {
	Status      int
	ContentType string
	Body        [][]byte // in parts
	RetryAfter  string   // the header, if not empty
	// Drop ends the connection in place of the answer, Cut in the middle of it.
	Drop, Cut bool

	allow string // the Allow header
	code  string // of the error that is the whole of it, for [Config.OnCall]
}

func onePart(body []byte) [][]byte { return [][]byte{body} }

// append writes behind the last part.
func (r *Reply) append(text string) {
	last := &r.Body[len(r.Body)-1]
	*last = append(*last, text...)
}

func refuse(e *graphql.Error) *Reply {
	return errorReply(http.StatusOK, e, []byte("null"))
}

// errorReply answers with one error, and with data unless that is nil.
func errorReply(status int, e *graphql.Error, data []byte) *Reply {
	resp := graphql.Response{Errors: []*graphql.Error{e}}
	if data != nil {
		resp.Data = onePart(data)
	}
	return &Reply{Status: status, ContentType: typeJSON, Body: onePart(append(resp.Append(nil), '\n')), code: e.Code}
}

func textReply(status int, text string) *Reply {
	return &Reply{Status: status, ContentType: typeText, Body: onePart([]byte(text))}
}

func methodNotAllowed(text, allow string) *Reply {
	out := textReply(http.StatusMethodNotAllowed, text)
	out.allow = allow
	return out
}

// write sends a reply. One that is dropped or cut ends the connection.
func (r *Reply) write(w http.ResponseWriter) {
	if r.Drop {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["X-Content-Type-Options"] = []string{r.ContentType}, noStore, noSniff
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

// cut sends half of a reply and ends the connection.
func (r *Reply) cut(w http.ResponseWriter) {
	body := bytes.Join(r.Body, nil)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.Status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
