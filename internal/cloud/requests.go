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
	// MaxBody bounds a request's body, in bytes. It is the limit of PrefectHQ/server
	// (services/apollo).
	MaxBody = 5 << 20
	// MaxBatch bounds the documents of a JSON array: twice what PrefectHQ/ui sends.
	MaxBatch = 50
	// maxLargeDocuments bounds how many of them may take the full cost of one document,
	// which stays in memory until all are executed. More of them must be smaller.
	maxLargeDocuments = 20
	// maxDrained bounds what is read of a body that is too large, in bytes. A client
	// that is still sending when the connection closes sees no answer.
	maxDrained = 2 * MaxBody
)

// bodyMissing is what Apollo Server answers to a body without content.
const bodyMissing = "POST body missing. Did you forget use body-parser middleware?"

// requests are the documents of one HTTP request.
type requests struct {
	list   []document
	first  [1]document // holds list if there is one document, as in most requests
	batch  bool
	get    bool // the only document came in the URL
	length int  // of the body, in bytes
}

// document is one document of a request. If err is set, it is the answer to the
// document.
type document struct {
	graphql.Request
	err *graphql.Error
}

// readRequests reads a request. It reserves memory for the body as it arrives.
func readRequests(r *http.Request, reserve func(bytes int) error) (*requests, *Reply) {
	if r.Method == http.MethodGet {
		return readURL(r.URL.RawQuery)
	}
	if reply := checkHeaders(r.Header); reply != nil {
		return nil, reply
	}
	if r.ContentLength > MaxBody {
		return nil, tooLarge(r, 0)
	}
	var reserveErr error
	text, err := ReadBody(r.Body, r.ContentLength, func(bytes int) error {
		reserveErr = reserve(bytes)
		return reserveErr
	})
	switch {
	case reserveErr != nil:
		return nil, busyReply()
	case err != nil && (err != io.EOF || int64(len(text)) < r.ContentLength):
		return nil, textReply(http.StatusBadRequest, "Bad Request: the body ended early.")
	case len(text) > MaxBody:
		return nil, tooLarge(r, len(text))
	case !utf8.Valid(text):
		return nil, textReply(http.StatusBadRequest, "Bad Request: the body is not UTF-8.")
	}
	out, reply := readBatch(bytes.TrimPrefix(text, []byte("\ufeff")))
	if reply == nil {
		out.length = len(text)
	}
	return out, reply
}

// checkHeaders refuses a body that is not unencoded JSON in UTF-8.
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
		return textReply(http.StatusUnsupportedMediaType,
			"Unsupported content encoding: send the body as it is.")
	}
	return nil
}

// tooLarge refuses a body of which that many bytes were read, after draining more of
// it.
func tooLarge(r *http.Request, read int) *Reply {
	_, _ = io.CopyN(io.Discard, r.Body, int64(maxDrained-read))
	e := &graphql.Error{Message: fmt.Sprintf("The request is larger than %d bytes.", MaxBody),
		Code: graphql.CodeBadUserInput}
	return errorReply(http.StatusRequestEntityTooLarge, e, nil)
}

// firstRead is how many bytes are reserved before any of a body has arrived.
const firstRead = 4 << 10

// ReadBody reads a body of that length, or of unknown length if it is negative, but
// at most one byte more than MaxBody. It reserves memory as the body arrives, not
// for the length that is announced.
func ReadBody(body io.Reader, length int64, reserve func(bytes int) error) ([]byte, error) {
	if length < 0 || length > MaxBody+1 {
		length = MaxBody + 1
	}
	var text []byte
	for int64(len(text)) < length {
		if len(text) == cap(text) {
			size := int(min(length, int64(max(firstRead, 2*cap(text)))))
			if err := reserve(size - cap(text)); err != nil {
				return nil, err
			}
			text = append(make([]byte, 0, size), text...)
		}
		n, err := body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err != nil {
			return text, err
		}
	}
	return text, nil
}
