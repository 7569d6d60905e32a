package prefect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/shurcooL/graphql"
)

// The inputs, by the names that their GraphQL types have: the library derives a
// variable's type from its Go type.
type (
	setSecretInput struct {
		Name  string          `json:"name"`
		Value json.RawMessage `json:"value"`
	}
	set_secret_input setSecretInput

	deleteSecretInput struct {
		Name string `json:"name"`
	}
	delete_secret_input deleteSecretInput
)

type setPayload struct{ Success bool }

// ownPayload is what this project's own store answers.
type ownPayload struct {
	Success bool
	Changed *bool
}

// setIn stores secrets with one document of aliases A0, A1 and so on.
func (c *Client) setIn(ctx context.Context, d dialect, secrets []NamedValue) ([]SetResult, error) {
	variables := make(map[string]any, len(secrets))
	for i, s := range secrets {
		input := setSecretInput{Name: s.Name, Value: s.Value.Reveal()}
		variables[inputOf(i)] = input
		if d.spelling == DialectSnake {
			variables[inputOf(i)] = set_secret_input(input)
		}
	}
	document := reflect.New(batchType(d, len(secrets)))
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error {
		return c.gql.Mutate(ctx, document.Interface(), variables)
	})
	if err != nil {
		return nil, c.withoutValues(err, secrets...)
	}
	if r.misfit {
		document = reflect.New(batchType(d, len(secrets)))
	}
	results := make([]SetResult, len(secrets))
	for i, s := range secrets {
		results[i] = SetResult{Name: s.Name, Changed: true}
		if e := r.errorAt(aliasOf(i)); e != nil {
			results[i].Err = c.withoutValues(e, secrets...)
			continue
		}
		results[i].Changed, results[i].Err = readPayload(document.Elem().Field(i))
	}
	return results, nil
}

func inputOf(i int) string { return fmt.Sprintf("i%d", i) }

func aliasOf(i int) string { return fmt.Sprintf("a%d", i) }

func readPayload(field reflect.Value) (changed bool, err error) {
	if field.IsNil() {
		return true, errMisfit
	}
	switch payload := field.Interface().(type) {
	case *ownPayload:
		return payload.Changed == nil || *payload.Changed, successOf(payload.Success)
	default:
		return true, successOf(payload.(*setPayload).Success)
	}
}

// errNoSuccess is success: false, of which Prefect's client says "Setting secret
// failed." (Prefect 1.4.1, client/client.py).
var errNoSuccess = errors.New("the API answered that it did not succeed")

func successOf(success bool) error {
	if !success {
		return errNoSuccess
	}
	return nil
}

type batchKey struct {
	field   string
	changed bool
	size    int
}

// batchTypes keeps a document's type for each size and spelling that was sent:
// building one costs more than sending it.
var batchTypes sync.Map // batchKey → reflect.Type

func batchType(d dialect, size int) reflect.Type {
	key := batchKey{field: spelt(d, "setSecret", "set_secret"), changed: d.changed, size: size}
	if t, ok := batchTypes.Load(key); ok {
		return t.(reflect.Type)
	}
	payload := reflect.TypeFor[*setPayload]()
	if d.changed {
		payload = reflect.TypeFor[*ownPayload]()
	}
	fields := make([]reflect.StructField, size)
	for i := range fields {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("A%d", i),
			Type: payload,
			Tag:  reflect.StructTag(fmt.Sprintf(`graphql:"%s:%s(input:$%s)"`, aliasOf(i), key.field, inputOf(i))),
		}
	}
	t, _ := batchTypes.LoadOrStore(key, reflect.StructOf(fields))
	return t.(reflect.Type)
}

func spelt(d dialect, camel, snake string) string {
	if d.spelling == DialectSnake {
		return snake
	}
	return camel
}

func (c *Client) deleteIn(ctx context.Context, d dialect, name string) error {
	var camel struct {
		Payload *setPayload `graphql:"deleteSecret(input:$input)"`
	}
	var snake struct {
		Payload *setPayload `graphql:"delete_secret(input:$input)"`
	}
	document, input := any(&camel), any(deleteSecretInput{Name: name})
	if d.spelling == DialectSnake {
		document, input = &snake, delete_secret_input{Name: name}
	}
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error {
		return c.gql.Mutate(ctx, document, map[string]any{"input": input})
	})
	if err == nil {
		err = asError(r.errorAt(spelt(d, "deleteSecret", "delete_secret")))
	}
	if err != nil {
		return c.withoutValues(err)
	}
	payload := camel.Payload
	if d.spelling == DialectSnake {
		payload = snake.Payload
	}
	return successOf(payload != nil && payload.Success)
}

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
	err := c.query(ctx, &q, "secret")
	return listed(q.Secret), err
}

func (c *Client) namesListed(ctx context.Context) ([]string, error) {
	var q struct {
		Secret []listedName `graphql:"secret(order_by:{name:asc})"`
	}
	err := c.query(ctx, &q, "secret")
	return listed(q.Secret), err
}

func (c *Client) namesSnake(ctx context.Context) ([]string, error) {
	var q struct {
		Names []string `graphql:"secret_names"`
	}
	err := c.query(ctx, &q, "secret_names")
	return q.Names, err
}

func (c *Client) namesCamel(ctx context.Context) ([]string, error) {
	var q struct {
		Names []string `graphql:"secretNames"`
	}
	err := c.query(ctx, &q, "secretNames")
	return q.Names, err
}

func listed(rows []listedName) []string {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
	}
	return names
}

// query sends a query without variables, whose result stands at field.
func (c *Client) query(ctx context.Context, q any, field string) error {
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error { return c.gql.Query(ctx, q, nil) })
	if err == nil {
		err = asError(r.errorAt(field))
	}
	return c.withoutValues(err)
}

// asError keeps a nil *APIError from becoming an error that is not nil.
func asError(e *APIError) error {
	if e == nil {
		return nil
	}
	return e
}

// withoutValues takes the values of the request out of the server's own text.
func (c *Client) withoutValues(err error, secrets ...NamedValue) error {
	e, ok := err.(*APIError)
	if !ok {
		return err
	}
	values := make([]Value, len(secrets))
	for i, s := range secrets {
		values[i] = s.Value
	}
	clean := *e
	clean.Message = c.scrubbed(e.Message, values...)
	return &clean
}
