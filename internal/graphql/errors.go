package graphql

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// Codes of errors, as Apollo Server 2.25 gives them in extensions.code.
const (
	CodeParseFailed      = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed = "GRAPHQL_VALIDATION_FAILED"
	CodeBadUserInput     = "BAD_USER_INPUT"
	CodeInternal         = "INTERNAL_SERVER_ERROR"
)

// Error is one entry of an answer's errors. A resolver makes one with Message
// and Code (empty: [CodeInternal]); the executor adds the rest.
type Error struct {
	Message   string
	Code      string
	Locations []Location
	// Path leads to the field by result keys (string) and list positions (int).
	Path []any
}

// Location is a place in the document; both count from 1.
type Location struct{ Line, Column int }

func (e *Error) Error() string { return e.Message }

func at(pos *ast.Position) []Location {
	if pos == nil {
		return nil
	}
	return []Location{{pos.Line, pos.Column}}
}

// Response is the answer to one document.
type Response struct {
	Errors []*Error
	// Data is the JSON text of data. It is nil where nothing was executed, and
	// then the answer has no data key.
	Data []byte
}

// Append writes the response as JSON, errors before data as Apollo does, and
// no errors key where there are none.
func (r *Response) Append(dst []byte) []byte {
	dst = append(dst, '{')
	if len(r.Errors) > 0 {
		dst = appendErrors(dst, r.Errors)
		if r.Data != nil {
			dst = append(dst, ',')
		}
	}
	if r.Data != nil {
		dst = append(dst, `"data":`...)
		dst = append(dst, r.Data...)
	}
	return append(dst, '}')
}

func appendErrors(dst []byte, errs []*Error) []byte {
	dst = append(dst, `"errors":[`...)
	for i, e := range errs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.append(dst)
	}
	return append(dst, ']')
}

func (e *Error) append(dst []byte) []byte {
	dst = append(dst, `{"message":`...)
	dst = appendString(dst, e.Message)
	for i, l := range e.Locations {
		dst = append(dst, separator(i, `,"locations":[`)...)
		dst = append(dst, `{"line":`...)
		dst = strconv.AppendInt(dst, int64(l.Line), 10)
		dst = append(dst, `,"column":`...)
		dst = strconv.AppendInt(dst, int64(l.Column), 10)
		dst = append(dst, '}')
	}
	if len(e.Locations) > 0 {
		dst = append(dst, ']')
	}
	dst = e.appendPath(dst)
	if e.Code != "" {
		dst = append(dst, `,"extensions":{"code":`...)
		dst = append(appendString(dst, e.Code), '}')
	}
	return append(dst, '}')
}

func (e *Error) appendPath(dst []byte) []byte {
	for i, step := range e.Path {
		dst = append(dst, separator(i, `,"path":[`)...)
		switch step := step.(type) {
		case string:
			dst = appendString(dst, step)
		case int:
			dst = strconv.AppendInt(dst, int64(step), 10)
		}
	}
	if len(e.Path) > 0 {
		dst = append(dst, ']')
	}
	return dst
}

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}
