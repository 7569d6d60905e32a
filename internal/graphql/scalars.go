package graphql

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// scalar reads a scalar from JSON text that is not null. The reason, if there
// is one, says what is wrong without the text.
func (s *Schema) scalar(name string, raw []byte) (value any, reason string) {
	switch name {
	case "String", "ID":
		return stringScalar(name, raw)
	case "Boolean":
		if raw[0] != 't' && raw[0] != 'f' {
			return nil, "Boolean cannot represent a non boolean value"
		}
		return raw[0] == 't', ""
	case "Int":
		return intScalar(raw)
	case "Float":
		if !isNumber(raw) {
			return nil, "Float cannot represent a non numeric value"
		}
		return json.Number(raw), ""
	}
	canonical := json.RawMessage(appendCanonical(make([]byte, 0, len(raw)), raw))
	read := s.scalars[name]
	if read == nil {
		return canonical, ""
	}
	value, err := read(canonical)
	if err != nil {
		return nil, err.Error()
	}
	return value, ""
}

func isNumber(raw []byte) bool { return raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' }

func stringScalar(name string, raw []byte) (any, string) {
	if raw[0] == '"' {
		s, ok := unquote(raw[1 : len(raw)-1])
		if !ok {
			return nil, name + " cannot represent a lone surrogate"
		}
		return s, ""
	}
	if _, err := strconv.ParseInt(string(raw), 10, 64); name == "ID" && err == nil {
		return string(raw), ""
	}
	return nil, name + " cannot represent a non string value"
}

// integer takes any spelling of a whole number, as JavaScript does: 1.0, 1e2.
func intScalar(raw []byte) (any, string) {
	if !isNumber(raw) {
		return nil, "Int cannot represent a non-integer value"
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err == nil && f != math.Trunc(f) {
		return nil, "Int cannot represent a non-integer value"
	}
	if err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return nil, "Int cannot represent a non 32-bit signed integer value"
	}
	return int(f), ""
}

// literalFits reports why a literal of the document cannot be the scalar; ""
// where it can, or where only its variables decide.
func (s *Schema) literalProblem(def *ast.Definition, v *ast.Value) string {
	switch def.Name {
	case "String", "ID":
		if v.Kind == ast.StringValue || v.Kind == ast.BlockValue || def.Name == "ID" && v.Kind == ast.IntValue {
			return ""
		}
		return def.Name + " cannot represent a non string value"
	case "Boolean":
		if v.Kind == ast.BooleanValue {
			return ""
		}
		return "Boolean cannot represent a non boolean value"
	case "Int":
		if v.Kind != ast.IntValue {
			return "Int cannot represent a non-integer value"
		}
	case "Float":
		if v.Kind != ast.IntValue && v.Kind != ast.FloatValue {
			return "Float cannot represent a non numeric value"
		}
	default:
		if contains(v, ast.EnumValue) {
			return def.Name + " cannot represent an unquoted name"
		}
		if contains(v, ast.Variable) {
			return ""
		}
	}
	_, reason := s.scalar(def.Name, appendLiteral(nil, v, nil))
	return reason
}

// holds reports whether a literal is or contains one of the kind.
func contains(v *ast.Value, kind ast.ValueKind) bool {
	if v.Kind == kind {
		return true
	}
	for _, child := range v.Children {
		if contains(child.Value, kind) {
			return true
		}
	}
	return false
}
