package prefect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
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
	document := batchDocument(p.field(m.camel, m.snake), p.changed, len(secrets))
	var r reply
	err := c.call(ctx, &r, func(ctx context.Context) error { return c.gql.Mutate(ctx, document, variables) })
	cleaner := cleaner{client: c, secrets: secrets}
	if err != nil {
		return nil, cleaner.clean(err)
	}
	if r.errors == nil && !r.fits(len(secrets)) {
		return nil, errMismatch
	}
	results := make([]MutationResult, len(secrets))
	for i, s := range secrets {
		alias := aliasOf(i)
		results[i] = MutationResult{Name: s.Name, Changed: true}
		if e := r.errorAt(alias); e != nil {
			results[i].Err = cleaner.clean(e)
			continue
		}
		results[i].Changed, results[i].Err = readPayload(r.field(alias))
	}
	return results, nil
}

func inputOf(i int) string { return "i" + strconv.Itoa(i) }

func aliasOf(i int) string { return "a" + strconv.Itoa(i) }

// readPayload reads the answer to one mutation. An API that does not say whether anything
// changed has changed it.
func readPayload(raw json.RawMessage) (changed bool, err error) {
	success, changed := false, true
	c := rawjson.Cursor{Text: raw}
	if c.Peek() != '{' {
		return true, errMismatch
	}
	c.Members(func(key []byte) {
		value := c.Skip()
		switch string(key) {
		case "success":
			err = cmp.Or(err, readBoolean(value, &success))
		case "changed":
			err = cmp.Or(err, readBoolean(value, &changed))
		}
	})
	if err == nil && !success {
		err = errNoSuccess
	}
	return changed, err
}

// readBoolean reads a value of GraphQL's type Boolean. A null changes nothing.
func readBoolean(raw json.RawMessage, to *bool) error {
	switch string(raw) {
	case "true":
		*to = true
	case "false":
		*to = false
	case "null":
	default:
		return errMismatch
	}
	return nil
}

// errNoSuccess is success: false, which Prefect's client reports as "Setting secret
// failed." (Prefect 1.4.1, client/client.py).
var errNoSuccess = errors.New("the API reported a failure")

type batchKey struct {
	field   string
	changed bool
	size    int
}

// batchDocuments caches a document for each field and size: making one costs more than
// sending it. It is never changed.
var batchDocuments sync.Map // batchKey → pointer to a struct

// batchDocument returns a document that has a field size times, and asks whether anything
// changed if the API answers that.
func batchDocument(field string, changed bool, size int) any {
	key := batchKey{field: field, changed: changed, size: size}
	if document, ok := batchDocuments.Load(key); ok {
		return document
	}
	answer := "success"
	if changed {
		answer = "success,changed"
	}
	fields := make([]reflect.StructField, size)
	for i := range fields {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("A%d", i),
			Type: reflect.TypeFor[bool](), // a scalar: the library writes the tag alone
			Tag:  reflect.StructTag(fmt.Sprintf(`graphql:"%s:%s(input:$%s){%s}"`, aliasOf(i), field, inputOf(i), answer)),
		}
	}
	document, _ := batchDocuments.LoadOrStore(key, reflect.New(reflect.StructOf(fields)).Interface())
	return document
}
