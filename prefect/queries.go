package prefect

import (
	"context"

	"github.com/shurcooL/graphql"
)

// query sends a query whose results are at fields. The error is the query's own, or
// the first one of a field.
func (c *Client) query(ctx context.Context, q any, variables map[string]any, fields ...string) error {
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error { return c.gql.Query(ctx, q, variables) })
	if err == nil && r.decode(q) != nil && r.errors == nil {
		err = errMismatch
	}
	for _, field := range fields {
		if err == nil {
			err = asError(r.errorAt(field))
		}
	}
	return c.cleaned(err)
}

// The two spellings of the query for a value, which the client reads as it is.
type (
	camelValue struct {
		Value *string `graphql:"secretValue(name:$name)"`
	}
	snakeValue struct {
		Value *string `graphql:"secret_value(name:$name)"`
	}
)

// value asks for the value of one secret.
func (c *Client) value(ctx context.Context, p profile, name string) (Value, error) {
	document := any(new(camelValue))
	if p.dialect == DialectSnake {
		document = new(snakeValue)
	}
	field := p.field("secretValue", "secret_value")
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error {
		return c.gql.Query(ctx, document, map[string]any{"name": graphql.String(name)})
	})
	if err == nil {
		err = asError(r.errorAt(field))
	}
	if err != nil {
		return Value{}, c.cleaned(err)
	}
	return NewValue(r.field(field))
}

// listedName is a row of a query for names.
type listedName struct{ Name string }

func listed(rows []listedName) []string {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names
}

// namesOwn asks this project's store: any other refuses secrets_api.
func (c *Client) namesOwn(ctx context.Context) ([]string, error) {
	var q struct {
		API    struct{ Version int } `graphql:"secrets_api" json:"secrets_api"`
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
		Names []string `graphql:"secret_names" json:"secret_names"`
	}
	err := c.query(ctx, &q, nil, "secret_names")
	return q.Names, err
}

func (c *Client) namesCamel(ctx context.Context) ([]string, error) {
	var q struct {
		Names []string `graphql:"secretNames" json:"secretNames"`
	}
	err := c.query(ctx, &q, nil, "secretNames")
	return q.Names, err
}
