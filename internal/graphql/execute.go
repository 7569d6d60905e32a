package graphql

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// An Around is called instead of the resolver of each field of Query and
// Mutation. It decides whether and when to call resolve.
type middleware func(ctx context.Context, f *Field, resolve func() (any, error)) (any, error)

// messageUnknown stands for errors that are not meant for clients.
const messageUnknown = "An unknown error occurred."

// Execute runs the operation field by field in document order, unless root is
// [Keyed]. A cancelled context makes errors of the fields not yet resolved, and so
// does a lack of room where root is [Growing].
func (op *Operation) Execute(ctx context.Context, root any, around middleware) *Response {
	e := execution{ctx: ctx, schema: op.schema, growth: newGrowth(root)}
	resolver, wait := op.inParallel(root, func(f *Field) (any, error) { return e.resolve(f, root) })
	defer wait()
	data, ok := e.rootObject(op.Fields, func(f *Field) (any, error) {
		if err := cmp.Or(ctx.Err(), e.growth.err); err != nil {
			return nil, err
		}
		resolve := func() (any, error) { return resolver(f) }
		if around == nil {
			return resolve()
		}
		return around(ctx, f, resolve)
	})
	if !ok {
		data = [][]byte{[]byte("null")}
	}
	return &Response{Errors: e.errs, Data: data, GrowErr: e.growth.err}
}

type execution struct {
	ctx    context.Context
	schema *Schema
	errs   []*Error
	growth growth
}

// step is one element of the path to a value, linked to the one before it.
type step struct {
	parent *step
	key    string
	index  int // where key is ""
}

func (s *step) path() []any {
	var path []any
	for ; s != nil; s = s.parent {
		if s.key != "" {
			path = append(path, s.key)
		} else {
			path = append(path, s.index)
		}
	}
	slices.Reverse(path)
	return path
}

func (e *execution) resolve(f *Field, source any) (any, error) {
	if f.argErr != "" {
		return nil, &Error{Message: f.argErr, Code: CodeInternal}
	}
	return e.schema.resolvers[f.def](e.ctx, Params{Source: source, Field: f})
}

func (e *execution) fail(err error, f *Field, here *step) {
	out := &Error{Message: messageUnknown, Code: CodeInternal, Locations: at(f.position), Path: here.path()}
	var known *Error
	if errors.As(err, &known) {
		out.Message = known.Message
		if known.Code != "" {
			out.Code = known.Code
		}
	}
	e.errs = append(e.errs, out)
}

// object writes an object. It reports false, leaving dst to be cut back by the
// caller, if a field that must not be null has failed.
func (e *execution) object(dst []byte, fields []*Field, up *step, resolve func(*Field) (any, error)) ([]byte, bool) {
	dst = append(dst, '{')
	for i, f := range fields {
		var ok bool
		if dst, ok = e.member(dst, i, f, up, resolve); !ok {
			return dst, false
		}
	}
	return append(dst, '}'), true
}

// member writes a field with its name.
func (e *execution) member(dst []byte, i int, f *Field, up *step, resolve func(*Field) (any, error)) ([]byte, bool) {
	if i > 0 {
		dst = append(dst, ',')
	}
	return e.field(append(appendString(dst, f.Key), ':'), f, up, resolve)
}

func (e *execution) field(dst []byte, f *Field, up *step, resolve func(*Field) (any, error)) ([]byte, bool) {
	if f.Name == "__typename" {
		return appendString(dst, f.owner.Name), true
	}
	here := &step{parent: up, key: f.Key}
	value, err := resolve(f)
	if err != nil {
		e.fail(err, f, here)
		return e.null(dst, f.def.Type)
	}
	return e.complete(dst, f, f.def.Type, value, here)
}

func (e *execution) null(dst []byte, t *ast.Type) ([]byte, bool) {
	return append(dst, "null"...), !t.NonNull
}

// complete writes a resolved value as its type says. A value that fails is null,
// and false if its type allows none.
func (e *execution) complete(dst []byte, f *Field, t *ast.Type, value any, here *step) ([]byte, bool) {
	if value == nil {
		if t.NonNull {
			e.fail(&Error{Message: fmt.Sprintf("Cannot return null for non-nullable field %s.%s.", f.owner.Name, f.Name)}, f, here)
		}
		return e.null(dst, t)
	}
	start, ok := len(dst), false
	switch def := e.schema.ast.Types[t.Name()]; {
	case t.Elem != nil:
		dst, ok = e.list(dst, f, t, value, here)
	case def.Kind == ast.Object:
		dst, ok = e.object(dst, f.Fields, here, func(child *Field) (any, error) { return e.resolve(child, value) })
	default:
		var err error
		if dst, err = appendLeaf(dst, def, value); err != nil {
			e.fail(err, f, here)
		}
		ok = err == nil
	}
	if !ok {
		return e.null(dst[:start], t)
	}
	return dst, true
}

func (e *execution) list(dst []byte, f *Field, t *ast.Type, value any, here *step) ([]byte, bool) {
	dst = append(dst, '[')
	if texts, isTexts := value.([]string); isTexts && t.Elem.NamedType == "String" {
		return e.stringItems(dst, texts), true
	}
	var ok bool
	item := func(i int, v any) bool {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst, ok = e.complete(dst, f, t.Elem, v, &step{parent: here, index: i})
		e.growth.count(dst)
		return ok
	}
	switch list := value.(type) {
	case []string:
		for i, v := range list {
			if !item(i, v) {
				return dst, false
			}
		}
	case []any:
		for i, v := range list {
			if !item(i, v) {
				return dst, false
			}
		}
	default:
		e.fail(fmt.Errorf("a %T is no list", value), f, here)
		return dst, false
	}
	return append(dst, ']'), true
}

// texts writes the items of a list of String and its end; none of them can fail,
// and there may be many.
func (e *execution) stringItems(dst []byte, texts []string) []byte {
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, text)
		e.growth.count(dst)
	}
	return append(dst, ']')
}

var errLeaf = errors.New("a resolver's result does not fit the field's type")

func appendLeaf(dst []byte, def *ast.Definition, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		if def.Kind == ast.Enum && def.EnumValues.ForName(v) == nil || def.Name == "Int" || def.Name == "Boolean" || def.Name == "Float" {
			return dst, errLeaf
		}
		return appendString(dst, v), nil
	case bool:
		if def.Name == "Boolean" {
			return strconv.AppendBool(dst, v), nil
		}
	case int:
		if def.Name == "Int" && v >= math.MinInt32 && v <= math.MaxInt32 {
			return strconv.AppendInt(dst, int64(v), 10), nil
		}
	case json.RawMessage:
		if def.Kind == ast.Scalar && !def.BuiltIn && json.Valid(v) {
			return append(dst, v...), nil
		}
	}
	return dst, errLeaf
}
