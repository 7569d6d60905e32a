// Package graphql runs GraphQL documents against a schema whose fields are resolved
// by Go functions. Parsing and validation are gqlparser's; limits, coercion,
// execution and the wording of errors are this package's. [New] loads a schema,
// [Schema.Prepare] checks a request, and [Operation.Execute] runs it. limits.go has the
// limits of a document.
//
// No error that it makes holds a literal, a variable's value or a key of a JSON
// value: only names that the schema or the document declares.
package graphql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// A Resolver computes one field. The field's type determines its result:
//
//	nil                        null
//	string, int, bool          String, Int, Boolean; string also an enum
//	json.RawMessage, string    a custom scalar, as its JSON or as a string
//	[]any, []string            a list
//	anything else              an object: the Source of its fields' resolvers
//
// An [*Error] is reported with its Message and Code. Of any other error, only the
// fact is reported, never the text.
type Resolver func(ctx context.Context, p Params) (any, error)

// Params are the arguments of a resolver.
type Params struct {
	// Source is the object that the field belongs to; for a field of Query or
	// Mutation it is the root given to [Operation.Execute].
	Source any
	// Field is the field with its arguments and selected fields.
	Field *Field
}

// Resolvers maps the name of a type and of its field to a resolver.
type Resolvers map[string]map[string]Resolver

// A Scalar reads a custom scalar from JSON, which is valid and never null. The
// error's text is shown to the client and must not hold the input.
type Scalar func(raw json.RawMessage) (any, error)

// On returns a resolver that calls f with the source object.
func On[T any](f func(T) any) Resolver {
	return func(_ context.Context, p Params) (any, error) {
		return f(p.Source.(T)), nil
	}
}

// Config describes a schema and the code behind it.
type Config struct {
	// SDL is the schema in GraphQL's definition language. Interfaces, unions
	// and subscriptions are not supported.
	SDL string
	// Resolvers must hold every field of every object type, and no other.
	Resolvers Resolvers
	// Include, if set, reports for each field of an object type whether the schema
	// has it. An error fails [New]. Clients see neither the directives that the SDL
	// defines, which are for Include alone, nor a type that no included field refers
	// to. The resolvers of other fields are not used.
	Include func(f SDLField) (bool, error)
	// Scalars reads custom scalars. A scalar that is missing here is read as a
	// json.RawMessage, with every digit and without insignificant white space.
	Scalars map[string]Scalar
	// Synonyms maps a scalar to another whose variables may stand where it is expected.
	Synonyms map[string]string
}

// Schema is an executable schema. It is immutable, except for a bounded cache of
// parsed documents, and safe for concurrent use.
type Schema struct {
	ast       *ast.Schema
	resolvers map[*ast.FieldDefinition]Resolver
	scalars   map[string]Scalar
	synonyms  map[string]string
	documents documentCache
}

// New loads a schema and binds its resolvers. It fails on an invalid SDL, on a field
// without a resolver and on a resolver without a field. The error names every field
// that lacks something.
func New(c Config) (*Schema, error) {
	loaded, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: c.SDL})
	if err != nil {
		return nil, fmt.Errorf("loading the schema: %w", err)
	}
	delete(loaded.Directives, "defer")
	addSpecifiedByURL(loaded)
	resolvers, pruneErr := c.prune(loaded)
	s := &Schema{ast: loaded, resolvers: map[*ast.FieldDefinition]Resolver{}, scalars: c.Scalars, synonyms: c.Synonyms}
	if err := errors.Join(pruneErr, s.bind(resolvers, introspection(loaded))); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Schema) bind(bound, builtIn Resolvers) error {
	var missing []error
	for _, name := range sortedKeys(s.ast.Types) {
		def := s.ast.Types[name]
		switch def.Kind {
		case ast.Interface, ast.Union:
			return fmt.Errorf("type %s: interfaces and unions are not supported", name)
		case ast.Object:
			missing = append(missing, s.bindType(def, bound[name], builtIn[name]))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return err
	}
	if s.ast.Subscription != nil {
		return fmt.Errorf("type %s: subscriptions are not supported", s.ast.Subscription.Name)
	}
	return s.checkSurplus(bound)
}

func (s *Schema) bindType(def *ast.Definition, bound, builtIn map[string]Resolver) error {
	var missing []error
	for _, field := range def.Fields {
		resolver := bound[field.Name]
		if resolver == nil {
			resolver = builtIn[field.Name]
		}
		if resolver == nil {
			missing = append(missing, fmt.Errorf("field %s.%s has no resolver", def.Name, field.Name))
		}
		s.resolvers[field] = resolver
	}
	return errors.Join(missing...)
}

// checkSurplus returns an error for a resolver without a field.
func (s *Schema) checkSurplus(bound Resolvers) error {
	for _, name := range sortedKeys(bound) {
		def := s.ast.Types[name]
		if def == nil || def.Kind != ast.Object || def.BuiltIn {
			return fmt.Errorf("resolvers are bound to %s, which is not an object type of the schema", name)
		}
		for _, field := range sortedKeys(bound[name]) {
			if def.Fields.ForName(field) == nil {
				return fmt.Errorf("a resolver is bound to %s.%s, which the schema does not have", name, field)
			}
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Fields returns the names of the fields of Query and Mutation, sorted.
func (s *Schema) Fields() []string {
	var names []string
	for _, def := range []*ast.Definition{s.ast.Query, s.ast.Mutation} {
		if def == nil {
			continue
		}
		for _, f := range def.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				names = append(names, f.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}
