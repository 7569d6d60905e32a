// Package neterror words errors of net/http that quote what a server sent: a server
// may repeat the key or a value of the request.
package neterror

import (
	"errors"
	"net/url"
	"strings"
)

// errAnswer stands for what such an error says.
var errAnswer = errors.New("the answer is not valid HTTP")

// quoting begin the errors that hold bytes of the answer (net/http, transport.go and
// client.go; http2's hold the debug data of a GOAWAY).
var quoting = []string{"net/http: HTTP/1.x transport connection broken", "failed to parse Location header", "http2: ", "malformed "}

// Safe gives err, or in its place one without the bytes that came.
func Safe(err error) error {
	var at *url.Error
	if !errors.As(err, &at) {
		return err
	}
	for _, begin := range quoting {
		if strings.HasPrefix(at.Err.Error(), begin) {
			return &url.Error{Op: at.Op, URL: at.URL, Err: errAnswer}
		}
	}
	return err
}
