package httperr

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds what a Retry-After may ask for.
const longestWait = 24 * time.Hour

// RetryAfter reads the header's seconds, or its date (RFC 9110, 10.2.3). It returns
// 0 for a header that asks for more than a day, as for a missing one.
func RetryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds <= int(longestWait/time.Second) {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	if wait < 0 || wait > longestWait {
		return 0
	}
	return wait
}

// Redirect says what an answer to a request for a URL means that is a redirect; it
// returns "" for any other. No client follows one: that would carry the key to another
// host. The text has nothing of the URL that the server redirects to: it may have put a
// value or the key into any part of it, in any encoding.
func Redirect(from *url.URL, resp *http.Response) string {
	if resp.StatusCode < 300 || resp.StatusCode >= 400 {
		return ""
	}
	const text = "the API answered with a redirect"
	const question = ": is a proxy or a login page in front of it?"
	header := resp.Header.Get("Location")
	to, err := from.Parse(header)
	switch {
	case header == "", err != nil:
		return text + question
	case !strings.EqualFold(to.Hostname(), from.Hostname()):
		return text + " to another host" + question
	case strings.EqualFold(from.Scheme, "http") && strings.EqualFold(to.Scheme, "https"):
		return text + " to https: use an https:// URL"
	}
	return text + " to another URL of the same host: is the URL of the API complete, or is a login page in front of it?"
}

// Status says what the HTTP status of an answer with an error means, if it says the same
// of any API; sent is the bytes of the request's body.
func Status(status int, sent int64) string {
	switch {
	case status >= http.StatusInternalServerError:
		return "the API is not available"
	case status == http.StatusRequestEntityTooLarge:
		return fmt.Sprintf("the API does not accept a request of %d bytes", sent)
	}
	return "the API answered with an error"
}

// IsHTML reports whether the body of an answer, or its beginning, is HTML.
func IsHTML(header http.Header, body []byte) bool {
	media, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return media == "text/html" || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// WantsHTTPS reports whether a body says that the server expects https, as those of Go
// and nginx do.
func WantsHTTPS(status int, body []byte) bool {
	return status == http.StatusBadRequest &&
		(bytes.Contains(body, []byte("to an HTTPS server")) || bytes.Contains(body, []byte("sent to HTTPS port")))
}

// Foreign is an answer with an error that is not the API's, such as that of a proxy in
// front of it.
type Foreign struct {
	At     string // the URL that was asked, as messages show it
	Status int
	Sent   int64 // the bytes of the request's body
	HTML   bool
	HTTPS  bool // it says that the server expects https
}

// Sentence says what the answer means and what to do. It returns "" if the status alone
// says it.
func (f Foreign) Sentence() string {
	switch {
	case f.HTTPS:
		return f.At + " expects https: use " + strings.Replace(f.At, "http:", "https:", 1)
	case f.Status == http.StatusUnauthorized, f.Status == http.StatusProxyAuthRequired, f.Status == http.StatusNetworkAuthenticationRequired:
		return "a proxy in front of " + f.At + " requires its own login; the request did not reach the store"
	case f.Status == http.StatusForbidden:
		return "a proxy in front of " + f.At + " refused the request before it reached the store: allow it there"
	case f.Status == http.StatusRequestEntityTooLarge:
		return fmt.Sprintf("a proxy in front of %s limits the length of requests, and this one has %d bytes: "+
			"raise its limit, such as client_max_body_size of nginx", f.At, f.Sent)
	case f.HTML && f.Status >= 400 && f.Status < 500 && f.Status != http.StatusTooManyRequests:
		return f.At + " answered with an HTML error page: a proxy refused the request before it reached the store"
	}
	return ""
}
