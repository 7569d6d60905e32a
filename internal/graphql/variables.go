package graphql

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
	"github.com/prefect-secrets/prefect-secrets/internal/smallmap"
)

// Bounds of the cost of errors about variables.
const (
	maxInputErrors = 50 // then reading ends
	maxPathSteps   = 20 // of a path in a message; a longer one is omitted
)

// Variables are the variables of a request, as JSON. The zero value has none.
type Variables struct {
	values    smallmap.Map[json.RawMessage]
	notObject bool // they were JSON but neither an object nor null
	tooMany   bool // there were more than maxVariables
}

// All returns the variables, with their values as JSON.
func (v *Variables) All() iter.Seq2[string, json.RawMessage] { return v.values.All() }

// ReadVariables splits the object of variables, which is valid JSON, into its members.
// Empty text, null and a list have none. Anything else is an error of [Schema.Prepare].
func ReadVariables(text []byte) Variables {
	if len(text) == 0 {
		return Variables{}
	}
	c := rawjson.Cursor{Text: text}
	switch c.Peek() {
	case 'n', '[':
		return Variables{}
	case '{':
	default:
		return Variables{notObject: true}
	}
	var out Variables
	c.Members(func(key []byte) {
		value := c.Skip()
		if out.tooMany = out.tooMany || out.values.Len() == maxVariables; !out.tooMany {
			out.values.Set(string(key), value)
		}
	})
	return out
}

// variables coerces variables to the types that the operation declares. The result
// lacks those that are neither given nor have a default.
func (s *Schema) variables(defs ast.VariableDefinitionList, given Variables) (out smallmap.Map[any], errs []*Error) {
	if given.notObject {
		const message = "Variables must be provided as an Object where each property is a variable value."
		return out, []*Error{{Message: message, Code: CodeInternal}}
	}
	if given.tooMany {
		message := fmt.Sprintf("The request has more than %d variables.", maxVariables)
		return out, []*Error{{Message: message, Code: CodeBadUserInput}}
	}
	in := variableReader{schema: s, path: make([]string, 0, 4)}
	for _, def := range defs {
		text, ok := given.values.Get(def.Variable)
		switch {
		case ok:
			out.Set(def.Variable, in.variable(def, text))
		case def.DefaultValue != nil:
			value, _ := s.literal(def.DefaultValue, def.Type, nil)
			out.Set(def.Variable, value)
		case def.Type.NonNull:
			in.fail(CodeInternal, fmt.Sprintf(`Variable "$%s" of required type "%s" was not provided.`,
				def.Variable, def.Type), def)
		}
	}
	return out, in.errs
}

// variableReader coerces variables and collects their errors.
type variableReader struct {
	schema    *Schema
	errs      []*Error
	numInputs int // so far

	// The variable that is being read, and the path in it.
	rawjson.Cursor
	def  *ast.VariableDefinition
	path []string
}

func (r *variableReader) fail(code, message string, def *ast.VariableDefinition) {
	if len(r.errs) < maxInputErrors && r.numInputs <= maxInputs {
		r.errs = append(r.errs, &Error{Message: message, Code: code, Locations: locationsOf(def.Position)})
	}
}

func (r *variableReader) variable(def *ast.VariableDefinition, text json.RawMessage) any {
	r.Cursor, r.def, r.path = rawjson.Cursor{Text: text}, def, append(r.path[:0], def.Variable)
	if r.Peek() == 'n' {
		if def.Type.NonNull {
			r.fail(CodeInternal, fmt.Sprintf(`Variable "$%s" of non-null type "%s" must not be null.`,
				def.Variable, def.Type), def)
		}
		return nil
	}
	return r.value(def.Type)
}

// skipInvalid skips the next value, reports it as invalid and returns nil.
func (r *variableReader) skipInvalid(reason string) any {
	r.Skip()
	return r.invalid(reason)
}

// invalid reports an invalid value at the current path and returns nil.
func (r *variableReader) invalid(reason string) any {
	where := ""
	if n := len(r.path); n > 1 && n <= maxPathSteps {
		where = ` at "` + strings.ReplaceAll(strings.Join(r.path, "."), "."+listStep, listStep) + `"`
	}
	message := fmt.Sprintf(`Variable "$%s" got an invalid value%s; %s`, r.def.Variable, where, reason)
	r.fail(CodeBadUserInput, message, r.def)
	return nil
}

// listStep is the step to the elements of a list; other steps are names.
const listStep = "[]"

// inStep calls f with one step more in the path that errors name.
func (r *variableReader) inStep(step string, f func() any) any {
	r.path = append(r.path, step)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	return f()
}

// spend counts values, and reports whether reading may go on. Once there are too
// many, that is the only error.
func (r *variableReader) spend(inputs int) bool {
	if r.numInputs += inputs; r.numInputs > maxInputs {
		message := fmt.Sprintf("The variables have more than %d values.", maxInputs)
		r.errs = []*Error{{Message: message, Code: CodeBadUserInput}}
		return false
	}
	return len(r.errs) < maxInputErrors
}

func (r *variableReader) value(t *ast.Type) any {
	if !r.spend(1) {
		r.Skip()
		return nil
	}
	if r.Peek() == 'n' {
		if t.NonNull {
			return r.skipInvalid(fmt.Sprintf("Expected non-nullable type %s not to be null.", t))
		}
		r.Skip()
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
	out, reason := r.schema.scalar(def.Name, r.Skip())
	if reason != "" {
		return r.invalid(fmt.Sprintf("Expected type %s. %s.", def.Name, reason))
	}
	return out
}

func (r *variableReader) list(t *ast.Type) any {
	if r.Peek() != '[' {
		return []any{r.value(t.Elem)}
	}
	out := []any{}
	r.Elements(func(int) {
		if r.numInputs > maxInputs {
			r.Skip()
			return
		}
		out = append(out, r.inStep(listStep, func() any { return r.value(t.Elem) }))
	})
	return out
}

func (r *variableReader) enum(def *ast.Definition) any {
	if r.Peek() == '"' {
		if name, _ := rawjson.Unquote(r.String()); def.EnumValues.ForName(name) != nil {
			return name
		}
		return r.invalid(fmt.Sprintf("Expected type %s.", def.Name))
	}
	return r.skipInvalid(fmt.Sprintf("Expected type %s.", def.Name))
}

func (r *variableReader) object(def *ast.Definition) any {
	if r.Peek() == '[' { // in JavaScript, an object whose keys are numbers
		r.Elements(func(int) { r.skipInvalid(unknownInputField(def)) })
		r.complete(def, map[string]any{})
		return nil
	}
	if r.Peek() != '{' {
		return r.skipInvalid(fmt.Sprintf("Expected type %s to be an object.", def.Name))
	}
	if !r.spend(objectInputs) {
		r.Skip()
		return nil
	}
	out := map[string]any{}
	r.Members(func(name []byte) {
		field := def.Fields.ForName(string(name))
		if field == nil {
			r.skipInvalid(unknownInputField(def))
			return
		}
		out[field.Name] = r.inStep(field.Name, func() any { return r.value(field.Type) })
	})
	r.complete(def, out)
	return out
}

// unknownInputField words the error for an unknown key. It omits the key, which is
// the client's data.
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
