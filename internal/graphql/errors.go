package graphql

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// Codes of errors, as Apollo Server 2.25 returns them in extensions.code.
const (
	codeParseFailed      = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed = "GRAPHQL_VALIDATION_FAILED"
	CodeBadUserInput     = "BAD_USER_INPUT"
	CodeInternal         = "INTERNAL_SERVER_ERROR"
)

// Error is one entry of an answer's errors. A resolver sets Message, Code (empty means
// [CodeInternal]) and Refused; the executor sets the rest.
type Error struct {
	Message string
	Code    string
	// Refused says what is refused, as extensions.refused, where Code leaves that open.
	// It needs a Code.
	Refused   string
	Locations []Location
	// Path leads to the field by result keys (string) and list indices (int).
	Path []any
}

// Location is a position in the document. Both numbers count from 1.
type Location struct{ Line, Column int }

func (e *Error) Error() string { return e.Message }

func locationsOf(pos *ast.Position) []Location {
	if pos == nil {
		return nil
	}
	return []Location{{pos.Line, pos.Column}}
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
	dst = rawjson.AppendString(dst, e.Message)
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
		dst = rawjson.AppendString(dst, e.Code)
		if e.Refused != "" {
			dst = append(dst, `,"refused":`...)
			dst = rawjson.AppendString(dst, e.Refused)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

func (e *Error) appendPath(dst []byte) []byte {
	for i, step := range e.Path {
		dst = append(dst, separator(i, `,"path":[`)...)
		switch step := step.(type) {
		case string:
			dst = rawjson.AppendString(dst, step)
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
