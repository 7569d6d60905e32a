// Package blocks keeps secrets as Secret blocks of Prefect 2 and 3. Its [Client] is a
// store for package sync, over the REST API of a Prefect server or of a workspace of
// Prefect Cloud.
package blocks

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/sync"
)

// The values of [Config].Reader.
const (
	Reader2 = "2" // flows of Prefect 2, which get the stored string
	Reader3 = "3" // flows of Prefect 3, which get what json.loads makes of it
)

// Config says which API a [Client] uses, and how.
type Config struct {
	// URL is the URL that Prefect has in PREFECT_API_URL. It ends in /api, or for
	// Prefect Cloud with the id of a workspace.
	URL string
	// Key is sent as Authorization: Bearer, as that in PREFECT_API_KEY.
	Key string
	// AuthString is sent as Authorization: Basic, as that in PREFECT_API_AUTH_STRING. A
	// server may need neither, and never both.
	AuthString string
	// Reader is [Reader2] or [Reader3].
	Reader string
	// AllowHTTP permits unencrypted http to other hosts.
	AllowHTTP bool
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Timeout bounds one request; 0 or less means 30 s.
	Timeout time.Duration
}

// Format writes the configuration without its keys, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{URL:%s Reader:%s Key:[redacted] AuthString:[redacted]}", c.URL, c.Reader)
}

const defaultTimeout = 30 * time.Second

// Client writes Secret blocks to one server or workspace. It is safe for concurrent use.
// No error of its methods contains a value, or text of the server that is not one of
// knownMessages.
//
// If the server answers that its database is busy, as a server with SQLite often does, the
// client repeats the request itself. [limiter] decides when, and how many it sends at once.
type Client struct {
	url           string // without a slash at its end
	cloud         bool
	reader        string
	authorization func() string // a closure, so that printing a client cannot reach the key
	authNotASCII  bool          // the authorization has a character that Prefect's server cannot compare
	transport     http.RoundTripper
	timeout       time.Duration // of one request
	maxAnswer     int64         // bytes
	onAnswer      func(error)   // see OnAnswer
	requests      atomic.Int64
	limiter       limiter
	cache         cache
}

var (
	_ sync.Store      = (*Client)(nil)
	_ sync.Adapter    = (*Client)(nil)
	_ sync.Comparer   = (*Client)(nil)
	_ sync.BulkReader = (*Client)(nil)
)

// New returns a client for the API at c.URL. It sends nothing yet. The error says which
// field is wrong, and never quotes a key.
func New(c Config) (*Client, error) {
	url, err := endpoint(c)
	if err != nil {
		return nil, err
	}
	if c.Reader != Reader2 && c.Reader != Reader3 {
		return nil, fmt.Errorf("unknown reader %q: use 2 or 3, the major version of Prefect that the flows run", c.Reader)
	}
	authorization, err := c.authorization(isCloud(url))
	if err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	return &Client{
		url: url.String(), cloud: isCloud(url), reader: c.Reader,
		authorization: func() string { return authorization }, authNotASCII: !isASCII(c.AuthString),
		transport: c.Transport, timeout: c.Timeout, maxAnswer: maxAnswer, onAnswer: func(error) {},
	}, nil
}

// authorization returns the header that authenticates requests; empty for none.
func (c Config) authorization(cloud bool) (string, error) {
	switch {
	case c.Key != "" && c.AuthString != "":
		return "", errors.New("use either an API key or an auth string, not both")
	case c.Key != "":
		if !apikey.FitsHeader(c.Key) {
			return "", errors.New("the API key contains a space or a control character")
		}
		return "Bearer " + c.Key, nil
	case cloud:
		return "", errors.New("use an API key for Prefect Cloud, which begins with pnu_ or pnb_")
	case c.AuthString != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.AuthString)), nil
	}
	return "", nil
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// OnAnswer makes the client call observe with the outcome of each request that only reads,
// also if it sends the request again. Call it before any request.
func (c *Client) OnAnswer(observe func(err error)) { c.onAnswer = observe }

// Requests returns how many HTTP requests the client has sent.
func (c *Client) Requests() int64 { return c.requests.Load() }

// Format never writes the key, whatever the verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "blocks.Client") }

// BatchLen returns 1: the API has no request for several blocks.
func (c *Client) BatchLen([]prefect.NamedValue) int { return 1 }
