package prefect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/shurcooL/graphql"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// ClientConfig says which API a [Client] speaks to, and how.
type ClientConfig struct {
	// URL is used exactly as given; an empty path means /. Prefect 0.15 to 1.4
	// post to the root, earlier releases to /graphql/alpha.
	URL string
	// APIKey is sent as Authorization: Bearer. It may not be empty.
	APIKey string
	// TenantID is sent as X-PREFECT-TENANT-ID; empty means the key's own tenant.
	TenantID string
	// Dialect is the API's spelling; the zero value finds it out.
	Dialect Dialect
	// AllowHTTP lets the key travel in clear text beyond this machine.
	AllowHTTP bool
	// KnownMessages keeps of the API's own messages and codes those that a secrets
	// API is known to send, parts that differ left out, for whom no other may be shown.
	KnownMessages bool
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Timeout bounds one request; 0 means 30 s, as Prefect's client had it from 0.7.0.
	Timeout time.Duration
}

// Format writes the configuration without its key, whatever the verb.
func (c ClientConfig) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{URL:%s TenantID:%s APIKey:%s}", c.URL, c.TenantID, redacted)
}

// MarshalJSON writes the configuration without its key.
func (c ClientConfig) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"url":%q,"tenant_id":%q}`, c.URL, c.TenantID), nil
}

const defaultTimeout = 30 * time.Second

// Client speaks to a secrets API for one key and one tenant. It is safe for
// concurrent use. No error of its methods holds a value.
type Client struct {
	gql      *graphql.Client
	endpoint string
	sender   transport
	learned  *learned
	timeout  time.Duration // of one request

	knownMessages bool
}

// NewClient returns a client for the API at c.URL. It sends nothing yet. The
// error says which field is wrong: a URL that is not absolute, plain http beyond
// this machine without AllowHTTP, or a key that is empty, that no header can
// hold, or that belongs to Prefect Cloud 2 or 3.
func NewClient(c ClientConfig) (*Client, error) {
	endpoint, err := endpointURL(c)
	if err != nil {
		return nil, err
	}
	if err := apikey.Check(c.APIKey); err != nil {
		return nil, err
	}
	known, err := c.Dialect.known()
	if err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	client := &Client{
		endpoint: endpoint, learned: &learned{d: known, limit: MaxBatch}, timeout: c.Timeout, knownMessages: c.KnownMessages,
		sender: transport{base: c.Transport, key: func() string { return c.APIKey }, requests: new(atomic.Int64)},
	}
	return client.ForTenant(c.TenantID)
}

// ForTenant is a client for another tenant, by its id, or for the key's own if id
// is empty. It shares with c the transport, what was learned of the API, and the
// count of requests. The error is that id could not stand in a header.
func (c *Client) ForTenant(id string) (*Client, error) {
	if !apikey.FitsHeader(id) {
		return nil, errors.New("the tenant's id contains a space or a control character")
	}
	other := *c
	other.sender.tenantID = id
	other.gql = graphql.NewClient(c.endpoint, &http.Client{Transport: &other.sender})
	return &other, nil
}

// Requests is how many HTTP requests the client has sent, and those made from it
// by [Client.ForTenant].
func (c *Client) Requests() int64 { return c.sender.requests.Load() }

// Format writes no key, whatever the verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "prefect.Client") }

func endpointURL(c ClientConfig) (string, error) {
	u, ok := address.Absolute(c.URL)
	if !ok {
		return "", errors.New("the API URL must be absolute, such as https://secrets.example.com")
	}
	if u.User != nil {
		return "", errors.New("the API URL must not hold a user or a password: the key goes into a header")
	}
	if !c.AllowHTTP && address.ClearText(u) {
		return "", fmt.Errorf("plain http to %s %w", u.Host, ErrPlainHTTP)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

// NamedValue is a secret to be written.
type NamedValue struct {
	Name  string
	Value Value
}

// MutationResult is what became of one secret of a batch.
type MutationResult struct {
	Name    string
	Changed bool  // false only if the store said that it was as it should be before
	Err     error // nil if the store did what was asked
}

// MaxBatch is how many secrets one document sets or deletes. Building a document
// of 1,000 aliases costs a hundred times what 100 cost.
const MaxBatch = 100

// SetSecret stores value under name, over the value it may have had. The value
// is any Go value that encoding/json can write; nil is refused by the API.
func (c *Client) SetSecret(ctx context.Context, name string, value any) error {
	v, err := NewValue(value)
	if err != nil {
		return fmt.Errorf("setting secret %q: %w", name, err)
	}
	results, err := c.SetSecrets(ctx, []NamedValue{{Name: name, Value: v}})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		return fmt.Errorf("setting secret %q: %w", name, err)
	}
	return nil
}

// SetSecrets stores up to [MaxBatch] secrets with one document, in order. The
// error is that of the document as a whole, of which the API may still have
// applied a part; what became of each secret is in the results, in the order
// given. Where the error is not nil, the results are nil.
func (c *Client) SetSecrets(ctx context.Context, secrets []NamedValue) ([]MutationResult, error) {
	return c.batch(ctx, setting, secrets)
}

// DeleteSecrets removes up to [MaxBatch] secrets with one document, as
// [Client.SetSecrets] sets them. Deleting one that is not there succeeds.
func (c *Client) DeleteSecrets(ctx context.Context, names []string) ([]MutationResult, error) {
	return c.batch(ctx, deleting, unvalued(names))
}

func (c *Client) batch(ctx context.Context, m mutation, secrets []NamedValue) ([]MutationResult, error) {
	if len(secrets) > MaxBatch {
		return nil, fmt.Errorf("%d secrets in one batch; at most %d", len(secrets), MaxBatch)
	}
	if len(secrets) == 0 {
		return nil, nil
	}
	var results []MutationResult
	err := c.inDialect(func(d dialect) error {
		var err error
		results, err = c.mutate(ctx, d, m, secrets)
		return err
	})
	return results, err
}

// DeleteSecret removes the secret name. Deleting one that is not there succeeds.
func (c *Client) DeleteSecret(ctx context.Context, name string) error {
	results, err := c.DeleteSecrets(ctx, []string{name})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		return fmt.Errorf("deleting secret %q: %w", name, err)
	}
	return nil
}

// ListSecrets lists the names of the tenant's secrets, sorted as the API sorts them.
func (c *Client) ListSecrets(ctx context.Context) ([]string, error) {
	names, err := c.names(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing secret names: %w", err)
	}
	return names, nil
}

// GetSecret reads the value of the secret name, which only the key of a flow
// run may: others get [ErrForbidden]. A missing one is [ErrNotFound].
func (c *Client) GetSecret(ctx context.Context, name string) (Value, error) {
	var value Value
	err := c.inDialect(func(d dialect) error {
		var err error
		value, err = c.valueIn(ctx, d, name)
		return err
	})
	if err != nil {
		return Value{}, fmt.Errorf("reading secret %q: %w", name, err)
	}
	return value, nil
}

// GetFlowValue returns what a flow in cloud execution gets from [Secret.Get]: the
// value of [Client.GetSecret], parsed if it is a string that holds JSON.
func (c *Client) GetFlowValue(ctx context.Context, name string) (any, error) {
	stored, err := c.GetSecret(ctx, name)
	if err != nil {
		return nil, err
	}
	v, err := unwrapped(stored)
	if err != nil {
		return nil, err
	}
	return Secret(name).parsed(v)
}
