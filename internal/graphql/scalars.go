package graphql

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// scalar reads a scalar from JSON that is not null. The reason, if not empty, says
// what is wrong, without the text.
func (s *Schema) scalar(name string, raw []byte) (value any, reason string) {
	switch name {
	case "String", "ID":
		return stringScalar(name, raw)
	case "Boolean":
		if raw[0] != 't' && raw[0] != 'f' {
			return nil, builtIns["Boolean"].reason
		}
		return raw[0] == 't', ""
	case "Int":
		return intScalar(raw)
	case "Float":
		if !isNumber(raw) {
			return nil, builtIns["Float"].reason
		}
		return json.Number(raw), ""
	}
	canonical := json.RawMessage(rawjson.AppendCanonical(make([]byte, 0, len(raw)), raw))
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

// stringScalar reads a String or an ID, which may also be a whole number.
func stringScalar(name string, raw []byte) (any, string) {
	if raw[0] == '"' {
		s, ok := rawjson.Unquote(raw[1 : len(raw)-1])
		if !ok {
			return nil, name + " cannot represent a lone surrogate"
		}
		return s, ""
	}
	if _, err := strconv.ParseInt(string(raw), 10, 64); name == "ID" && err == nil {
		return string(raw), ""
	}
	return nil, builtIns[name].reason
}

// intScalar accepts any form of a whole number, as JavaScript does: 1.0, 1e2.
func intScalar(raw []byte) (any, string) {
	if !isNumber(raw) {
		return nil, builtIns["Int"].reason
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err == nil && f != math.Trunc(f) {
		return nil, builtIns["Int"].reason
	}
	if err != nil || f < math.MinInt32 || f > math.MaxInt32 {
		return nil, "Int cannot represent a non 32-bit signed integer value"
	}
	return int(f), ""
}

// builtIn describes a built-in scalar.
type builtIn struct {
	literals []ast.ValueKind // that it accepts
	reason   string          // why it does not accept another
}

var builtIns = map[string]builtIn{
	"String": {[]ast.ValueKind{ast.StringValue, ast.BlockValue}, "String cannot represent a non string value"},
	"ID": {[]ast.ValueKind{ast.StringValue, ast.BlockValue, ast.IntValue},
		"ID cannot represent a non string value"},
	"Boolean": {[]ast.ValueKind{ast.BooleanValue}, "Boolean cannot represent a non boolean value"},
	"Int":     {[]ast.ValueKind{ast.IntValue}, "Int cannot represent a non-integer value"},
	"Float":   {[]ast.ValueKind{ast.IntValue, ast.FloatValue}, "Float cannot represent a non numeric value"},
}

// literalProblem says why a literal cannot be the scalar. It returns "" if it can, or
// if that depends on variables in it.
func (s *Schema) literalProblem(def *ast.Definition, v *ast.Value) string {
	if b, ok := builtIns[def.Name]; ok {
		if !slices.Contains(b.literals, v.Kind) {
			return b.reason
		}
		if def.Name != "Int" { // whose range is checked below
			return ""
		}
	} else if contains(v, ast.EnumValue) {
		return def.Name + " cannot represent an unquoted name"
	} else if contains(v, ast.Variable) {
		return ""
	}
	_, reason := s.scalar(def.Name, appendLiteral(nil, v, nil))
	return reason
}

// contains reports whether a literal is of that kind or contains one.
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
