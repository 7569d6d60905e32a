package prefect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// The inputs have the names of their GraphQL types: the library derives a variable's
// type from its Go type.
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

// mutation is a field that a document may hold many times, in both dialects.
type mutation struct {
	camel, snake string
	input        func(profile, NamedValue) any
}

var (
	setting = mutation{camel: "setSecret", snake: "set_secret", input: func(p profile, s NamedValue) any {
		input := setSecretInput{Name: s.Name, Value: s.Value.Reveal()}
		if p.dialect == DialectSnake {
			return set_secret_input(input)
		}
		return input
	}}
	deleting = mutation{camel: "deleteSecret", snake: "delete_secret", input: func(p profile, s NamedValue) any {
		input := deleteSecretInput{Name: s.Name}
		if p.dialect == DialectSnake {
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

// sendDocument sends one document, in the API's dialect. The error is that of the
// document as a whole, of which the API may still have carried out a part.
func (c *Client) sendDocument(ctx context.Context, m mutation, secrets []NamedValue) (results []MutationResult, err error) {
	err = c.inDialect(func(p profile) error {
		results, err = c.mutate(ctx, p, m, secrets)
		return err
	})
	return results, err
}

// mutate sends one document with the aliases a0, a1 and so on.
func (c *Client) mutate(ctx context.Context, p profile, m mutation, secrets []NamedValue) ([]MutationResult, error) {
	variables := make(map[string]any, len(secrets))
	for i, s := range secrets {
		variables[inputOf(i)] = m.input(p, s)
	}
	documentType := batchType(p.field(m.camel, m.snake), p.changed, len(secrets))
	document := reflect.New(documentType)
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error {
		return c.gql.Mutate(ctx, document.Interface(), variables)
	})
	cleaner := cleaner{client: c, secrets: secrets}
	if err != nil {
		return nil, cleaner.clean(err)
	}
	if r.mismatch {
		document = reflect.New(documentType)
	}
	results := make([]MutationResult, len(secrets))
	for i, s := range secrets {
		results[i] = MutationResult{Name: s.Name, Changed: true}
		answer := document.Elem().Field(i)
		if answer.IsNil() || r.errors != nil {
			if e := r.errorAt(aliasOf(i)); e != nil {
				results[i].Err = cleaner.clean(e)
				continue
			}
		}
		results[i].Changed, results[i].Err = readPayload(answer)
	}
	return results, nil
}

func inputOf(i int) string { return fmt.Sprintf("i%d", i) }

func aliasOf(i int) string { return fmt.Sprintf("a%d", i) }

func readPayload(field reflect.Value) (changed bool, err error) {
	if field.IsNil() {
		return true, errMismatch
	}
	switch answer := field.Interface().(type) {
	case *ownPayload:
		return answer.Changed == nil || *answer.Changed, successOf(answer.Success)
	default:
		return true, successOf(answer.(*payload).Success)
	}
}

// errNoSuccess is success: false, which Prefect's client reports as "Setting secret
// failed." (Prefect 1.4.1, client/client.py).
var errNoSuccess = errors.New("the API reported a failure")

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

// batchTypes caches a document's type for each field and size: building one costs
// more than sending it.
var batchTypes sync.Map // batchKey → reflect.Type

// batchType returns the type of a document that has a field size times, and asks
// whether anything changed if the API answers that.
func batchType(field string, changed bool, size int) reflect.Type {
	key := batchKey{field: field, changed: changed, size: size}
	if t, ok := batchTypes.Load(key); ok {
		return t.(reflect.Type)
	}
	answer := reflect.TypeFor[*payload]()
	if changed {
		answer = reflect.TypeFor[*ownPayload]()
	}
	fields := make([]reflect.StructField, size)
	for i := range fields {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("A%d", i),
			Type: answer,
			Tag:  reflect.StructTag(fmt.Sprintf(`graphql:"%s:%s(input:$%s)"`, aliasOf(i), field, inputOf(i))),
		}
	}
	t, _ := batchTypes.LoadOrStore(key, reflect.StructOf(fields))
	return t.(reflect.Type)
}
