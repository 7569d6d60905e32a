package graphql

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Bounds of what errors about variables can cost: their number, beyond which
// nothing more is looked at, and the steps of a path that is still shown.
const (
	maxInputErrors = 50
	maxShownPath   = 20
)

// ErrVariables is what [ReadVariables] returns for text that is no JSON.
var errVariables = errors.New("variables are invalid JSON")

// Variables are the texts of a request's variables. The zero value has none.
type Variables struct {
	texts map[string]json.RawMessage
	// odd tells that they were JSON but neither an object nor null.
	notObject bool
	// many tells that there were more than may be.
	tooMany bool
}

// Texts are the variables' values as JSON, by name, in no order.
func (v Variables) Texts() map[string]json.RawMessage { return v.texts }

// ReadVariables cuts the JSON object of variables into its members. Empty text,
// null and a list have none. Of anything else [Schema.Prepare] will complain.
func ReadVariables(text []byte) (Variables, error) {
	if len(text) == 0 {
		return Variables{}, nil
	}
	if !json.Valid(text) {
		return Variables{}, errVariables
	}
	c := cursor{b: text}
	switch c.kind() {
	case 'n', '[':
		return Variables{}, nil
	case '{':
	default:
		return Variables{notObject: true}, nil
	}
	texts, few := members(c)
	return Variables{texts: texts, tooMany: !few}, nil
}

// Members cuts a JSON object into its members, the last of equal keys. It reports
// false for text that is no JSON object, or has more than 1,000 members.
func Members(text []byte) (map[string]json.RawMessage, bool) {
	if !json.Valid(text) {
		return nil, false
	}
	return members(cursor{b: text})
}

// Elements cuts a JSON list into its elements, of which it gives the first so many.
// It reports false for text that is no JSON list.
func Elements(text []byte, most int) (out []json.RawMessage, ok bool) {
	c := cursor{b: text}
	if !json.Valid(text) || c.kind() != '[' {
		return nil, false
	}
	c.elements(func(i int) {
		if element := c.skip(); i < most {
			out = append(out, element)
		}
	})
	return out, true
}

func members(c cursor) (map[string]json.RawMessage, bool) {
	if c.kind() != '{' {
		return nil, false
	}
	out, few := map[string]json.RawMessage{}, true
	c.members(func(key string) {
		if few = few && len(out) < maxVariables; few {
			out[key] = c.skip()
		} else {
			c.skip()
		}
	})
	return out, few
}

// variables coerces variables to the types that the operation declares. Those
// that are neither given nor have a default are absent from the result.
func (s *Schema) variables(defs ast.VariableDefinitionList, given Variables) (map[string]any, []*Error) {
	if given.notObject {
		return nil, []*Error{{Message: "Variables must be provided as an Object where each property is a variable value.", Code: CodeInternal}}
	}
	if given.tooMany {
		return nil, []*Error{{Message: fmt.Sprintf("The request has more than %d variables.", maxVariables), Code: CodeBadUserInput}}
	}
	in := variableReader{schema: s}
	out := make(map[string]any, len(defs))
	for _, def := range defs {
		text, ok := given.texts[def.Variable]
		switch {
		case ok:
			out[def.Variable] = in.variable(def, text)
		case def.DefaultValue != nil:
			out[def.Variable], _ = s.literal(def.DefaultValue, def.Type, nil)
		case def.Type.NonNull:
			in.fail(CodeInternal, fmt.Sprintf(`Variable "$%s" of required type "%s" was not provided.`, def.Variable, def.Type), def)
		}
	}
	return out, in.errs
}

// variableReader coerces variables and gathers what is wrong with them.
type variableReader struct {
	schema *Schema
	errs   []*Error
	inputs int // so far
	// of one variable
	cursor
	def  *ast.VariableDefinition
	path []string
}

func (r *variableReader) fail(code, message string, def *ast.VariableDefinition) {
	if len(r.errs) < maxInputErrors && r.inputs <= maxInputs {
		r.errs = append(r.errs, &Error{Message: message, Code: code, Locations: at(def.Position)})
	}
}

func (r *variableReader) variable(def *ast.VariableDefinition, text json.RawMessage) any {
	r.cursor, r.def, r.path = cursor{b: text}, def, append(r.path[:0], def.Variable)
	if r.kind() == 'n' {
		if def.Type.NonNull {
			r.fail(CodeInternal, fmt.Sprintf(`Variable "$%s" of non-null type "%s" must not be null.`, def.Variable, def.Type), def)
		}
		return nil
	}
	return r.value(def.Type)
}

// invalid reports the next value, which it steps over, and gives nil.
func (r *variableReader) skipInvalid(reason string) any {
	r.skip()
	return r.invalid(reason)
}

func (r *variableReader) invalid(reason string) any {
	where := ""
	if n := len(r.path); n > 1 && n <= maxShownPath {
		where = ` at "` + strings.Join(r.path, "") + `"`
	}
	r.fail(CodeBadUserInput, fmt.Sprintf(`Variable "$%s" got an invalid value%s; %s`, r.def.Variable, where, reason), r.def)
	return nil
}

// within runs f one step deeper in the path that errors name.
func (r *variableReader) inStep(step string, f func() any) any {
	r.path = append(r.path, step)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	return f()
}

// spend counts values, and reports whether there may be more. Once there are too
// many, that is all that is wrong.
func (r *variableReader) spend(inputs int) bool {
	if r.inputs += inputs; r.inputs > maxInputs {
		r.errs = []*Error{{Message: fmt.Sprintf("The variables have more than %d values.", maxInputs), Code: CodeBadUserInput}}
		return false
	}
	return len(r.errs) < maxInputErrors
}

func (r *variableReader) value(t *ast.Type) any {
	if !r.spend(1) {
		r.skip()
		return nil
	}
	if r.kind() == 'n' {
		if t.NonNull {
			return r.skipInvalid(fmt.Sprintf("Expected non-nullable type %s not to be null.", t))
		}
		r.skip()
		return nil
	}
	if t.Elem != nil {
		return r.list(t)
	}
	def := r.schema.ast.Types[t.NamedType]
	switch def.Kind {
	case ast.InputObject:
		return r.object(def)
	case ast.Enum:
		return r.enum(def)
	}
	out, reason := r.schema.scalar(def.Name, r.skip())
	if reason != "" {
		return r.invalid(fmt.Sprintf("Expected type %s. %s.", def.Name, reason))
	}
	return out
}

func (r *variableReader) list(t *ast.Type) any {
	if r.kind() != '[' {
		return []any{r.value(t.Elem)}
	}
	out := []any{}
	r.elements(func(int) {
		if r.inputs > maxInputs {
			r.skip()
			return
		}
		out = append(out, r.inStep("[]", func() any { return r.value(t.Elem) }))
	})
	return out
}

func (r *variableReader) enum(def *ast.Definition) any {
	if r.kind() == '"' {
		if name, _ := unquote(r.stringSpan()); def.EnumValues.ForName(name) != nil {
			return name
		}
		return r.invalid(fmt.Sprintf("Expected type %s.", def.Name))
	}
	return r.skipInvalid(fmt.Sprintf("Expected type %s.", def.Name))
}

func (r *variableReader) object(def *ast.Definition) any {
	if r.kind() == '[' { // an object whose keys are numbers, as JavaScript has it
		r.elements(func(int) { r.skipInvalid(unknownInputField(def)) })
		r.complete(def, map[string]any{})
		return nil
	}
	if r.kind() != '{' {
		return r.skipInvalid(fmt.Sprintf("Expected type %s to be an object.", def.Name))
	}
	if !r.spend(inputsOfObject) {
		r.skip()
		return nil
	}
	out := map[string]any{}
	r.members(func(key string) {
		field := def.Fields.ForName(key)
		if field == nil {
			r.skipInvalid(unknownInputField(def))
			return
		}
		out[key] = r.inStep("."+key, func() any { return r.value(field.Type) })
	})
	r.complete(def, out)
	return out
}

// unknownInputField leaves out the key itself, which is the client's data.
func unknownInputField(def *ast.Definition) string {
	names := make([]string, len(def.Fields))
	for i, f := range def.Fields {
		names[i] = f.Name
	}
	return fmt.Sprintf("A field is not defined by type %s, which has: %s.", def.Name, strings.Join(names, ", "))
}

// complete adds defaults and reports required fields that are missing.
func (r *variableReader) complete(def *ast.Definition, out map[string]any) {
	for _, field := range def.Fields {
		if _, ok := out[field.Name]; ok {
			continue
		}
		if field.DefaultValue != nil {
			out[field.Name], _ = r.schema.literal(field.DefaultValue, field.Type, nil)
		} else if field.Type.NonNull {
			r.invalid(fmt.Sprintf("Field %s of required type %s was not provided.", field.Name, field.Type))
		}
	}
}
