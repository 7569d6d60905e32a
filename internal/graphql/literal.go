package graphql

import (
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// literal coerces a validated literal to a type. It reports false if the value of a
// variable makes the literal invalid.
func (s *Schema) literal(v *ast.Value, t *ast.Type, vars *values) (any, bool) {
	if v.Kind == ast.Variable {
		value, _ := vars.get(v.Raw)
		return value, value != nil || !t.NonNull
	}
	if v.Kind == ast.NullValue {
		return nil, !t.NonNull
	}
	if t.Elem != nil {
		return s.literalList(v, t, vars)
	}
	def := s.ast.Types[t.NamedType]
	switch def.Kind {
	case ast.InputObject:
		return s.literalObject(v, def, vars)
	case ast.Enum:
		return v.Raw, true
	}
	value, reason := s.scalar(def.Name, appendLiteral(nil, v, vars))
	return value, reason == ""
}

func (s *Schema) literalList(v *ast.Value, t *ast.Type, vars *values) (any, bool) {
	if v.Kind != ast.ListValue {
		item, ok := s.literal(v, t.Elem, vars)
		return []any{item}, ok
	}
	out := make([]any, len(v.Children))
	for i, child := range v.Children {
		item, ok := s.literal(child.Value, t.Elem, vars)
		if !ok {
			return nil, false
		}
		out[i] = item
	}
	return out, true
}

func (s *Schema) literalObject(v *ast.Value, def *ast.Definition, vars *values) (any, bool) {
	given := make(map[string]*ast.Value, len(v.Children))
	for _, child := range v.Children {
		given[child.Name] = child.Value
	}
	out := make(map[string]any, len(def.Fields))
	for _, field := range def.Fields {
		value, present, ok := s.argument(given[field.Name], field.Type, field.DefaultValue, vars)
		if !ok {
			return nil, false
		}
		if present {
			out[field.Name] = value
		}
	}
	return out, true
}

// argument coerces an argument or a field of an input object; v is nil if the document
// does not give it. A variable that was not provided counts as not given.
func (s *Schema) argument(v *ast.Value, t *ast.Type, fallback *ast.Value, vars *values) (value any, present, ok bool) {
	if v != nil && v.Kind == ast.Variable {
		if _, given := vars.get(v.Raw); !given {
			v = nil
		}
	}
	if v == nil {
		v = fallback
	}
	if v == nil {
		return nil, false, !t.NonNull
	}
	value, ok = s.literal(v, t, vars)
	return value, true, ok
}

// appendLiteral appends a literal as JSON. A variable that was not provided is
// omitted in an object, and null in a list.
func appendLiteral(dst []byte, v *ast.Value, vars *values) []byte {
	switch v.Kind {
	case ast.StringValue, ast.BlockValue:
		return rawjson.AppendString(dst, v.Raw)
	case ast.Variable:
		return vars.appendCopy(dst, v.Raw)
	case ast.ListValue:
		return appendLiteralList(dst, v, vars)
	case ast.ObjectValue:
		return appendLiteralObject(dst, v, vars)
	}
	return append(dst, v.Raw...)
}

func appendLiteralList(dst []byte, v *ast.Value, vars *values) []byte {
	dst = append(dst, '[')
	for i, child := range v.Children {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendLiteral(dst, child.Value, vars)
	}
	return append(dst, ']')
}

func appendLiteralObject(dst []byte, v *ast.Value, vars *values) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for _, child := range v.Children {
		if _, given := vars.get(child.Value.Raw); child.Value.Kind == ast.Variable && !given {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(rawjson.AppendString(dst, child.Name), ':')
		dst = appendLiteral(dst, child.Value, vars)
	}
	return append(dst, '}')
}

// appendValue appends a coerced variable as JSON.
func appendValue(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return rawjson.AppendString(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case json.Number:
		return append(dst, v...)
	case json.RawMessage:
		return append(dst, v...)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, item)
		}
		return append(dst, ']')
	case map[string]any:
		dst = append(dst, '{')
		for i, key := range sortedKeys(v) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(rawjson.AppendString(dst, key), ':')
			dst = appendValue(dst, v[key])
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}
