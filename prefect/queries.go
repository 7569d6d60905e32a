package prefect

import (
	"context"
	"fmt"

	"github.com/shurcooL/graphql"
)

func (c *Client) valueIn(ctx context.Context, d dialect, name string) (Value, error) {
	var camel struct {
		Value *string `graphql:"secretValue(name:$name)"`
	}
	var snake struct {
		Value *string `graphql:"secret_value(name:$name)"`
	}
	document := any(&camel)
	if d.spelling == DialectSnake {
		document = &snake
	}
	field := spelt(d, "secretValue", "secret_value")
	r := reply{raw: true}
	err := c.call(ctx, &r, func(ctx context.Context) error {
		return c.gql.Query(ctx, document, map[string]any{"name": graphql.String(name)})
	})
	if err == nil {
		err = asError(r.errorAt(field))
	}
	if err != nil {
		return Value{}, c.withoutValues(err)
	}
	return NewValue(r.data[field])
}

// listedName is a row of the document's query for names.
type listedName struct{ Name string }

func (c *Client) namesOwn(ctx context.Context) ([]string, error) {
	var q struct {
		API    struct{ Version int } `graphql:"secrets_api"`
		Secret []listedName          `graphql:"secret(order_by:{name:asc})"`
	}
	err := c.query(ctx, &q, nil, "secret")
	return listed(q.Secret), err
}

func (c *Client) namesListed(ctx context.Context) ([]string, error) {
	var q struct {
		Secret []listedName `graphql:"secret(order_by:{name:asc})"`
	}
	err := c.query(ctx, &q, nil, "secret")
	return listed(q.Secret), err
}

func (c *Client) namesSnake(ctx context.Context) ([]string, error) {
	var q struct {
		Names []string `graphql:"secret_names"`
	}
	err := c.query(ctx, &q, nil, "secret_names")
	return q.Names, err
}

func (c *Client) namesCamel(ctx context.Context) ([]string, error) {
	var q struct {
		Names []string `graphql:"secretNames"`
	}
	err := c.query(ctx, &q, nil, "secretNames")
	return q.Names, err
}

func listed(rows []listedName) []string {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names
}

// Tenant is a tenant that a key may use.
type Tenant struct {
	ID   string // a UUID
	Slug string
	Name string
}

// ListTenants lists the tenants that the key may use, by slug (the query of Prefect
// 1.4.1, client/client.py, get_available_tenants).
func (c *Client) ListTenants(ctx context.Context) ([]Tenant, error) {
	var q struct {
		Tenant []Tenant `graphql:"tenant(order_by:{slug:asc})"`
	}
	if err := c.query(ctx, &q, nil, "tenant"); err != nil {
		return nil, fmt.Errorf("listing tenants: %w", err)
	}
	return q.Tenant, nil
}

// query sends a query whose results stand at fields; the first error of one of
// them is that of the query.
func (c *Client) query(ctx context.Context, q any, variables map[string]any, fields ...string) error {
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error { return c.gql.Query(ctx, q, variables) })
	for _, field := range fields {
		if err == nil {
			err = asError(r.errorAt(field))
		}
	}
	return c.withoutValues(err)
}
