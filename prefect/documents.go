package prefect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
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

// mutation is a field that a document may hold many times, in both spellings.
type mutation struct {
	camel, snake string
	input        func(dialect, NamedValue) any
}

var (
	setting = mutation{camel: "setSecret", snake: "set_secret", input: func(d dialect, s NamedValue) any {
		input := setSecretInput{Name: s.Name, Value: s.Value.Reveal()}
		if d.spelling == DialectSnake {
			return set_secret_input(input)
		}
		return input
	}}
	deleting = mutation{camel: "deleteSecret", snake: "delete_secret", input: func(d dialect, s NamedValue) any {
		input := deleteSecretInput{Name: s.Name}
		if d.spelling == DialectSnake {
			return delete_secret_input(input)
		}
		return input
	}}
)

type payload struct{ Success bool }

// ownPayload is what this project's own store answers.
type ownPayload struct {
	Success bool
	Changed *bool
}

// mutate sends one document of aliases a0, a1 and so on.
func (c *Client) mutate(ctx context.Context, d dialect, m mutation, secrets []NamedValue) ([]MutationResult, error) {
	variables := make(map[string]any, len(secrets))
	for i, s := range secrets {
		variables[inputOf(i)] = m.input(d, s)
	}
	field := spelt(d, m.camel, m.snake)
	document := reflect.New(batchType(d, field, len(secrets)))
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error {
		return c.gql.Mutate(ctx, document.Interface(), variables)
	})
	clean := c.clean(secrets)
	if err != nil {
		return nil, clean(err)
	}
	if r.misfit {
		document = reflect.New(batchType(d, field, len(secrets)))
	}
	results := make([]MutationResult, len(secrets))
	for i, s := range secrets {
		results[i] = MutationResult{Name: s.Name, Changed: true}
		if e := r.errorAt(aliasOf(i)); e != nil {
			results[i].Err = clean(e)
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
	switch answer := field.Interface().(type) {
	case *ownPayload:
		return answer.Changed == nil || *answer.Changed, successOf(answer.Success)
	default:
		return true, successOf(answer.(*payload).Success)
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

func batchType(d dialect, field string, size int) reflect.Type {
	key := batchKey{field: field, changed: d.changed, size: size}
	if t, ok := batchTypes.Load(key); ok {
		return t.(reflect.Type)
	}
	answer := reflect.TypeFor[*payload]()
	if d.changed {
		answer = reflect.TypeFor[*ownPayload]()
	}
	fields := make([]reflect.StructField, size)
	for i := range fields {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("A%d", i),
			Type: answer,
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

// asError keeps a nil *APIError from becoming an error that is not nil.
func asError(e *APIError) error {
	if e == nil {
		return nil
	}
	return e
}

// withoutValues takes the values of the request out of the server's own text.
func (c *Client) withoutValues(err error) error { return c.clean(nil)(err) }

// clean is [Client.withoutValues] for the errors of one request, of which many may
// have one text.
func (c *Client) clean(secrets []NamedValue) func(error) error {
	scrubber := sync.OnceValue(func() *scrubber {
		values := make([]Value, len(secrets))
		for i, s := range secrets {
			values[i] = s.Value
		}
		return c.scrubber(values)
	})
	return func(err error) error {
		e, ok := err.(*APIError)
		if !ok {
			return err
		}
		if c.knownMessages {
			e = e.known()
		}
		clean := *e
		if !e.leftOut {
			clean.Message = scrubber().scrub(e.Message)
		}
		clean.Location = scrubber().scrub(e.Location)
		return &clean
	}
}
