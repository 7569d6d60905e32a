package graphql

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// middleware is called instead of the resolver of each field of Query and Mutation.
// It decides whether and when to call resolve.
type middleware func(ctx context.Context, f *Field, resolve func() (any, error)) (any, error)

// resolveFunc resolves a field of one object.
type resolveFunc func(*Field) (any, error)

// messageUnknown replaces errors that are not meant for clients.
const messageUnknown = "An unknown error occurred."

// Execute runs the operation field by field in document order, unless root is
// [Keyed]. Wrap, if not nil, is called for each field of Query and Mutation instead of
// its resolver. Once the context is cancelled, or root is [Growing] and Grow fails,
// the remaining fields are errors, except those that have begun already: wrap is called
// for them, since it records what was done. It is also called for them after a panic.
func (op *Operation) Execute(ctx context.Context, root any, wrap middleware) Response {
	e := execution{ctx: ctx, schema: op.schema, growth: newGrowth(root)}
	e.path = e.short[:0]
	resolver := func(f *Field) (any, error) { return e.resolve(f, root) }
	ahead := op.lookahead(ctx, root, resolver)
	if ahead != nil {
		resolver = ahead.field
	}
	defer ahead.end(func(f *Field) {
		if wrap != nil {
			_, _ = wrap(ctx, f, func() (any, error) { return ahead.field(f) })
		}
	})
	data, ok := e.rootObject(op.Fields, func(f *Field) (any, error) {
		if err := cmp.Or(ctx.Err(), e.growth.err); err != nil && !ahead.stop(f) {
			return nil, err
		}
		resolve := func() (any, error) { return resolver(f) }
		if wrap == nil {
			return resolve()
		}
		return wrap(ctx, f, resolve)
	})
	if !ok {
		data = [][]byte{[]byte("null")}
	}
	return Response{Errors: e.errs, Data: data, GrowErr: e.growth.err}
}

type execution struct {
	ctx    context.Context
	schema *Schema
	errs   []*Error
	growth growth
	path   []step  // to the value that is being written
	short  [2]step // holds path if it is short, as in most answers
}

// step is an element of the path to a value.
type step struct {
	key   string
	index int // if key is ""
}

// pathOf returns the path as errors show it.
func pathOf(steps []step) []any {
	path := make([]any, len(steps))
	for i, s := range steps {
		if path[i] = s.key; s.key == "" {
			path[i] = s.index
		}
	}
	return path
}

func (e *execution) resolve(f *Field, source any) (any, error) {
	if f.argErr != "" {
		return nil, &Error{Message: f.argErr, Code: CodeInternal}
	}
	return e.schema.resolvers[f.def](e.ctx, Params{Source: source, Field: f})
}

func (e *execution) fail(err error, f *Field) {
	out := &Error{Message: messageUnknown, Code: CodeInternal, Locations: locationsOf(f.position),
		Path: pathOf(e.path)}
	var clientErr *Error
	if errors.As(err, &clientErr) {
		out.Message, out.Refused = clientErr.Message, clientErr.Refused
		if clientErr.Code != "" {
			out.Code = clientErr.Code
		}
	}
	e.errs = append(e.errs, out)
}

// The following methods append JSON to dst. They report false if a field that must
// not be null has failed; their caller then cuts dst back and appends null, or fails
// in turn.

// memberSize is about what the answer to a mutation takes, in bytes.
const memberSize = 48

// rootObject returns the object of the operation in parts. A part ends only after a
// field of that object, since only what is inside a field can be cut back.
func (e *execution) rootObject(fields []*Field, resolve resolveFunc) ([][]byte, bool) {
	var parts [][]byte
	dst := append(make([]byte, 0, min(memberSize*(1+len(fields)), partSize)), '{')
	for i, f := range fields {
		var ok bool
		if dst, ok = e.member(dst, i, f, resolve); !ok {
			return nil, false
		}
		e.growth.count(dst)
		if len(dst) >= partSize {
			parts = append(parts, dst)
			dst, e.growth.counted = nil, 0
		}
	}
	return append(parts, append(dst, '}')), true
}

func (e *execution) object(dst []byte, fields []*Field, resolve resolveFunc) ([]byte, bool) {
	dst = append(dst, '{')
	for i, f := range fields {
		var ok bool
		if dst, ok = e.member(dst, i, f, resolve); !ok {
			return dst, false
		}
	}
	return append(dst, '}'), true
}

// member appends a field with its key.
func (e *execution) member(dst []byte, i int, f *Field, resolve resolveFunc) ([]byte, bool) {
	if i > 0 {
		dst = append(dst, ',')
	}
	return e.field(append(rawjson.AppendString(dst, f.Key), ':'), f, resolve)
}

func (e *execution) field(dst []byte, f *Field, resolve resolveFunc) ([]byte, bool) {
	if f.Name == "__typename" {
		return rawjson.AppendString(dst, f.owner.Name), true
	}
	e.path = append(e.path, step{key: f.Key})
	defer e.leave()
	value, err := resolve(f)
	if err != nil {
		e.fail(err, f)
		return e.null(dst, f.def.Type)
	}
	return e.complete(dst, f, f.def.Type, value)
}

// leave removes the last step of the path.
func (e *execution) leave() { e.path = e.path[:len(e.path)-1] }

func (e *execution) null(dst []byte, t *ast.Type) ([]byte, bool) {
	return append(dst, "null"...), !t.NonNull
}

// complete appends a resolved value as its type says.
func (e *execution) complete(dst []byte, f *Field, t *ast.Type, value any) ([]byte, bool) {
	if value == nil {
		if t.NonNull {
			message := fmt.Sprintf("Cannot return null for non-nullable field %s.%s.", f.owner.Name, f.Name)
			e.fail(&Error{Message: message}, f)
		}
		return e.null(dst, t)
	}
	start, ok := len(dst), false
	switch def := e.schema.ast.Types[t.Name()]; {
	case t.Elem != nil:
		dst, ok = e.list(dst, f, t, value)
	case def.Kind == ast.Object:
		resolve := func(child *Field) (any, error) { return e.resolve(child, value) }
		dst, ok = e.object(dst, f.Fields, resolve)
	default:
		var err error
		if dst, err = appendLeaf(dst, def, value); err != nil {
			e.fail(err, f)
		}
		ok = err == nil
	}
	if !ok {
		return e.null(dst[:start], t)
	}
	return dst, true
}

func (e *execution) list(dst []byte, f *Field, t *ast.Type, value any) ([]byte, bool) {
	switch list := value.(type) {
	case []string:
		if t.Elem.NamedType == "String" {
			return e.strings(dst, list), true
		}
		return appendItems(e, dst, f, t, list)
	case []any:
		return appendItems(e, dst, f, t, list)
	}
	e.fail(fmt.Errorf("a %T is not a list", value), f)
	return dst, false
}

func appendItems[T any](e *execution, dst []byte, f *Field, t *ast.Type, list []T) ([]byte, bool) {
	dst = append(dst, '[')
	for i, item := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var ok bool
		e.path = append(e.path, step{index: i})
		dst, ok = e.complete(dst, f, t.Elem, item)
		e.leave()
		e.growth.count(dst)
		if !ok {
			return dst, false
		}
	}
	return append(dst, ']'), true
}

// strings appends a list of String. None of its items can fail, and there may be many.
func (e *execution) strings(dst []byte, list []string) []byte {
	size := len("[]")
	for _, s := range list {
		size += len(`"",`) + len(s)
	}
	dst = append(e.growth.reserve(dst, size), '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = rawjson.AppendString(dst, s)
		e.growth.count(dst)
	}
	return append(dst, ']')
}

var errLeaf = errors.New("a resolver's result does not fit the field's type")

func appendLeaf(dst []byte, def *ast.Definition, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		if acceptsString(def, v) {
			return rawjson.AppendString(dst, v), nil
		}
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

// acceptsString reports whether s can be a result of an enum or a scalar.
func acceptsString(def *ast.Definition, s string) bool {
	switch def.Name {
	case "Int", "Boolean", "Float":
		return false
	}
	return def.Kind != ast.Enum || def.EnumValues.ForName(s) != nil
}
