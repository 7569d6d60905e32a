package prefect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/shurcooL/graphql"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// ClientConfig says which API a [Client] uses, and how.
type ClientConfig struct {
	// URL is used exactly as given; an empty path means /. Prefect 0.15 to 1.4 post to
	// the root, earlier releases to /graphql/alpha.
	URL string
	// APIKey is sent as Authorization: Bearer. It must not be empty.
	APIKey string
	// TenantID is sent as X-PREFECT-TENANT-ID; empty means the key's own tenant.
	TenantID string
	// Dialect is how the API spells its fields; the zero value detects it.
	Dialect Dialect
	// AllowHTTP permits unencrypted http to other hosts.
	AllowHTTP bool
	// KnownMessages is for logs that others read. It limits errors to the messages and
	// codes that a secrets API is known to send, without the parts that vary.
	KnownMessages bool
	// Transport sends the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Timeout bounds one request; 0 or less means 30 s, as in Prefect's client from
	// 0.7.0 on.
	Timeout time.Duration
}

// Format writes the configuration without its key, whatever the verb.
func (c ClientConfig) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{URL:%s TenantID:%s APIKey:%s}", c.URL, c.TenantID, redacted)
}

// MarshalJSON returns the configuration without its key.
func (c ClientConfig) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"url":%q,"tenant_id":%q}`, c.URL, c.TenantID), nil
}

const defaultTimeout = 30 * time.Second

// Client talks to a secrets API with one key, in one tenant. It is safe for
// concurrent use. No error of its methods holds a value.
//
// It does not retry: a caller repeats a request whose error is [Retryable], after
// [APIError].RetryAfter if that is set. Package sync does so by itself.
type Client struct {
	gql      *graphql.Client
	endpoint string
	sender   transport
	learned  *learned
	timeout  time.Duration // of one request

	knownMessages bool
}

// NewClient returns a client for the API at c.URL. It sends nothing yet. The error
// says which field is wrong: a URL that is not absolute, http to another host
// without AllowHTTP, an unknown dialect, or a key that is empty, is invalid in a
// header, or belongs to Prefect Cloud 2 or 3.
func NewClient(c ClientConfig) (*Client, error) {
	endpoint, err := endpointURL(c)
	if err != nil {
		return nil, err
	}
	if err := apikey.Check(c.APIKey); err != nil {
		return nil, err
	}
	profile, err := newProfile(c.Dialect)
	if err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	key := c.APIKey // so that the closure does not hold all of c
	learned := &learned{profile: profile, batchLimit: maxBatch}
	client := &Client{
		endpoint:      endpoint,
		learned:       learned,
		sender:        transport{base: c.Transport, key: func() string { return key }, requests: &learned.requests},
		timeout:       c.Timeout,
		knownMessages: c.KnownMessages,
	}
	if err := client.setTenant(c.TenantID); err != nil {
		return nil, err
	}
	return client, nil
}

func endpointURL(c ClientConfig) (string, error) {
	u, ok := address.Absolute(c.URL)
	if !ok {
		return "", errors.New("the API URL must be absolute, such as https://secrets.example.com")
	}
	if u.User != nil {
		return "", errors.New("the API URL must not contain a user or a password: the key goes in a header")
	}
	if !c.AllowHTTP && address.Unencrypted(u) {
		return "", fmt.Errorf("plain http to %s %w", u.Host, ErrPlainHTTP)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

// ForTenant returns a client for another tenant, or for the key's own if id is empty.
// The id is [Tenant].ID, not the slug; an unknown one fails with the first request. The
// two share the transport, what they learn about the API, and the count of requests. It
// fails if id is invalid in a header.
func (c *Client) ForTenant(id string) (*Client, error) {
	other := *c
	if err := other.setTenant(id); err != nil {
		return nil, err
	}
	return &other, nil
}

func (c *Client) setTenant(id string) error {
	if !apikey.FitsHeader(id) {
		return errors.New("the tenant's id contains a space or a control character")
	}
	c.sender.tenantID = id
	c.gql = graphql.NewClient(c.endpoint, &http.Client{Transport: &c.sender})
	return nil
}

// Requests returns how many HTTP requests the client has sent, including those of
// clients made from it by [Client.ForTenant].
func (c *Client) Requests() int64 { return c.sender.requests.Load() }

// Format never writes the key, whatever the verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "prefect.Client") }

// SetSecret stores value under name, and replaces any existing value. The value is any
// Go value that encoding/json can write; the API refuses nil and the empty name. This
// project's store takes names of up to 255 bytes and values of up to 64 KiB of JSON.
// After an error, [MayBeDone] reports whether the value may have been stored.
func (c *Client) SetSecret(ctx context.Context, name string, value any) error {
	v, err := NewValue(value)
	if err == nil {
		err = c.mutateOne(ctx, setting, NamedValue{Name: name, Value: v})
	}
	if err != nil {
		return fmt.Errorf("setting secret %q: %w", name, err)
	}
	return nil
}

// DeleteSecret removes the secret name. Deleting a missing one succeeds.
func (c *Client) DeleteSecret(ctx context.Context, name string) error {
	if err := c.mutateOne(ctx, deleting, NamedValue{Name: name}); err != nil {
		return fmt.Errorf("deleting secret %q: %w", name, err)
	}
	return nil
}

func (c *Client) mutateOne(ctx context.Context, m mutation, secret NamedValue) error {
	results, err := c.sendDocument(ctx, m, []NamedValue{secret})
	if err != nil {
		return err
	}
	return results[0].Err
}

// ListSecrets returns the names of the tenant's secrets, in the API's order.
func (c *Client) ListSecrets(ctx context.Context) ([]string, error) {
	names, err := c.names(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing secret names: %w", err)
	}
	return names, nil
}

// GetSecret returns the value of the secret name, which only the key of a flow run
// may read: others get [ErrForbidden]. The error for a missing secret is
// [ErrNotFound].
func (c *Client) GetSecret(ctx context.Context, name string) (Value, error) {
	var value Value
	err := c.inDialect(func(p profile) (err error) {
		value, err = c.value(ctx, p, name)
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
	return Secret(name).parse(v)
}

// Tenant is a tenant that a key has access to.
type Tenant struct {
	ID   string // a UUID
	Slug string
	Name string
}

// ListTenants returns the tenants that the key has access to, sorted by slug (the query
// of Prefect 1.4.1, client/client.py, get_available_tenants).
func (c *Client) ListTenants(ctx context.Context) ([]Tenant, error) {
	var q struct {
		Tenant []Tenant `graphql:"tenant(order_by:{slug:asc})"`
	}
	if err := c.query(ctx, &q, nil, "tenant"); err != nil {
		return nil, fmt.Errorf("listing tenants: %w", err)
	}
	return q.Tenant, nil
}
