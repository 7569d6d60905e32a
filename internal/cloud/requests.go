package cloud

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

const (
	// MaxBody bounds a request's body, in bytes: PrefectHQ/server's limit (services/apollo).
	MaxBody = 5 << 20
	// MaxBatch bounds the documents of a JSON array, each of which may take the
	// full cost of validation.
	MaxBatch = 20
	// maxRead bounds what is read of a body that is too large, in bytes. A client
	// that is still sending when the connection ends sees no answer.
	maxRead = 2 * MaxBody
)

// bodyMissing is what Apollo Server says of a body without anything in it.
const bodyMissing = "POST body missing. Did you forget use body-parser middleware?"

// requests are the documents of one HTTP request.
type requests struct {
	list  []document
	batch bool
	get   bool // the one document came in the URL
	// length is that of the body.
	length int
}

// document is one of a request. Where refused is set, it is the answer.
type document struct {
	graphql.Request
	err *graphql.Error
}

// readRequests makes room for a body as it comes.
func readRequests(r *http.Request, room func(bytes int) error) (*requests, *Reply) {
	if r.Method == http.MethodGet {
		return readURL(r.URL.RawQuery)
	}
	if refused := checkHeaders(r.Header); refused != nil {
		return nil, refused
	}
	if r.ContentLength > MaxBody {
		return nil, tooLarge(r, 0)
	}
	var full error
	text, err := ReadBody(r.Body, r.ContentLength, func(bytes int) error { full = room(bytes); return full })
	switch {
	case full != nil:
		return nil, busy()
	case err != nil && (err != io.EOF || int64(len(text)) < r.ContentLength):
		return nil, textReply(http.StatusBadRequest, "Bad Request: the body ended early.")
	case len(text) > MaxBody:
		return nil, tooLarge(r, len(text))
	case !utf8.Valid(text):
		return nil, textReply(http.StatusBadRequest, "Bad Request: the body is not UTF-8.")
	}
	out, refused := readBatch(bytes.TrimPrefix(text, []byte("\ufeff")))
	if refused == nil {
		out.length = len(text)
	}
	return out, refused
}

// unsupported refuses what is not JSON in UTF-8 as it is.
func checkHeaders(h http.Header) *Reply {
	contentType := h.Get("Content-Type")
	media, parameters, err := "application/json", map[string]string(nil), error(nil)
	if contentType != media {
		media, parameters, err = mime.ParseMediaType(contentType)
	}
	charset, encoding := parameters["charset"], h.Get("Content-Encoding")
	switch {
	case err != nil || media != "application/json":
		return textReply(http.StatusInternalServerError, bodyMissing)
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return textReply(http.StatusUnsupportedMediaType, "Unsupported charset: send UTF-8.")
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return textReply(http.StatusUnsupportedMediaType, "Unsupported content encoding: send the body as it is.")
	}
	return nil
}

// tooLarge refuses a body of which so many bytes were read, and reads on.
func tooLarge(r *http.Request, read int) *Reply {
	_, _ = io.CopyN(io.Discard, r.Body, int64(maxRead-read))
	e := &graphql.Error{Message: fmt.Sprintf("The request is larger than %d bytes.", MaxBody), Code: graphql.CodeBadUserInput}
	return errorReply(http.StatusRequestEntityTooLarge, e, nil)
}
