package graphql

import (
	"context"
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// typeRef is the source of a __Type: a named definition, or a list or non-null type
// of ofType.
type typeRef struct {
	def    *ast.Definition
	kind   string
	ofType *typeRef
}

// inputValue is the source of an __InputValue.
type inputValue struct {
	name, description string
	typ               *ast.Type
	fallback          *ast.Value
	directives        ast.DirectiveList
}

type introspector struct{ schema *ast.Schema }

// introspection returns the resolvers of the types and fields that the GraphQL
// specification adds to every schema.
func introspection(schema *ast.Schema) Resolvers {
	in := introspector{schema}
	return Resolvers{
		schema.Query.Name: {
			"__schema": func(context.Context, Params) (any, error) { return schema, nil },
			"__type": func(_ context.Context, p Params) (any, error) {
				return in.typeByName(p.Field.Arg("name").(string)), nil
			},
		},
		"__Schema":     in.schemaFields(),
		"__Type":       in.typeFields(),
		"__Field":      in.fieldFields(),
		"__InputValue": in.inputFields(),
		"__EnumValue": {
			"name":              On(func(v *ast.EnumValueDefinition) any { return v.Name }),
			"description":       On(func(v *ast.EnumValueDefinition) any { return nullIfEmpty(v.Description) }),
			"isDeprecated":      On(func(v *ast.EnumValueDefinition) any { return v.Directives.ForName("deprecated") != nil }),
			"deprecationReason": On(func(v *ast.EnumValueDefinition) any { return deprecationReason(v.Directives) }),
		},
		"__Directive": {
			"name":         On(func(d *ast.DirectiveDefinition) any { return d.Name }),
			"description":  On(func(d *ast.DirectiveDefinition) any { return nullIfEmpty(d.Description) }),
			"locations":    On(locations),
			"args":         On(func(d *ast.DirectiveDefinition) any { return arguments(d.Arguments) }),
			"isRepeatable": On(func(d *ast.DirectiveDefinition) any { return d.IsRepeatable }),
		},
	}
}

// addSpecifiedByURL adds the field of __Type with that name under the name that
// graphql-js 15 had for it, which tools of its time ask for.
func addSpecifiedByURL(schema *ast.Schema) {
	t := schema.Types["__Type"]
	field := *t.Fields.ForName("specifiedByURL")
	field.Name = "specifiedByUrl"
	t.Fields = append(t.Fields, &field)
}

func (in introspector) schemaFields() map[string]Resolver {
	return map[string]Resolver{
		"description":      On(func(s *ast.Schema) any { return nullIfEmpty(s.Description) }),
		"types":            On(in.types),
		"queryType":        On(func(s *ast.Schema) any { return in.typeOf(s.Query) }),
		"mutationType":     On(func(s *ast.Schema) any { return in.typeOf(s.Mutation) }),
		"subscriptionType": On(func(*ast.Schema) any { return nil }),
		"directives":       On(directives),
	}
}

func (in introspector) typeFields() map[string]Resolver {
	return map[string]Resolver{
		"kind": On(func(t *typeRef) any { return t.kind }),
		"name": On(func(t *typeRef) any {
			if t.def == nil {
				return nil
			}
			return t.def.Name
		}),
		"description": On(func(t *typeRef) any {
			if t.def == nil {
				return nil
			}
			return nullIfEmpty(t.def.Description)
		}),
		"specifiedByURL": On(func(*typeRef) any { return nil }),
		"specifiedByUrl": On(func(*typeRef) any { return nil }),
		"fields":         in.fields,
		"interfaces":     On(func(t *typeRef) any { return listOf(t, ast.Object) }),
		"possibleTypes":  On(func(*typeRef) any { return nil }),
		"enumValues":     enumValues,
		"inputFields":    On(in.inputFieldsOf),
		"ofType": On(func(t *typeRef) any {
			if t.ofType == nil {
				return nil
			}
			return t.ofType
		}),
		"isOneOf": On(func(t *typeRef) any {
			if t.kind != string(ast.InputObject) {
				return nil
			}
			return false
		}),
	}
}

func (in introspector) fieldFields() map[string]Resolver {
	return map[string]Resolver{
		"name":              On(func(f *ast.FieldDefinition) any { return f.Name }),
		"description":       On(func(f *ast.FieldDefinition) any { return nullIfEmpty(f.Description) }),
		"args":              On(func(f *ast.FieldDefinition) any { return arguments(f.Arguments) }),
		"type":              On(func(f *ast.FieldDefinition) any { return in.refTo(f.Type) }),
		"isDeprecated":      On(func(f *ast.FieldDefinition) any { return f.Directives.ForName("deprecated") != nil }),
		"deprecationReason": On(func(f *ast.FieldDefinition) any { return deprecationReason(f.Directives) }),
	}
}

func (in introspector) inputFields() map[string]Resolver {
	return map[string]Resolver{
		"name":        On(func(v inputValue) any { return v.name }),
		"description": On(func(v inputValue) any { return nullIfEmpty(v.description) }),
		"type":        On(func(v inputValue) any { return in.refTo(v.typ) }),
		"defaultValue": On(func(v inputValue) any {
			if v.fallback == nil {
				return nil
			}
			return v.fallback.String()
		}),
		"isDeprecated":      On(func(v inputValue) any { return v.directives.ForName("deprecated") != nil }),
		"deprecationReason": On(func(v inputValue) any { return deprecationReason(v.directives) }),
	}
}

func (in introspector) typeByName(name string) any {
	if def := in.schema.Types[name]; def != nil {
		return in.typeOf(def)
	}
	return nil
}

// typeOf returns the __Type of a definition, or nil if there is no definition.
func (in introspector) typeOf(def *ast.Definition) any {
	if def == nil {
		return nil
	}
	return &typeRef{def: def, kind: string(def.Kind)}
}

func (in introspector) refTo(t *ast.Type) *typeRef {
	if t.NonNull {
		bare := *t
		bare.NonNull = false
		return &typeRef{kind: "NON_NULL", ofType: in.refTo(&bare)}
	}
	if t.Elem != nil {
		return &typeRef{kind: "LIST", ofType: in.refTo(t.Elem)}
	}
	def := in.schema.Types[t.NamedType]
	return &typeRef{def: def, kind: string(def.Kind)}
}

func (in introspector) types(s *ast.Schema) any {
	var out []any
	for _, name := range sortedKeys(s.Types) {
		out = append(out, in.typeOf(s.Types[name]))
	}
	return out
}

func (in introspector) fields(_ context.Context, p Params) (any, error) {
	t := p.Source.(*typeRef)
	if t.kind != string(ast.Object) {
		return nil, nil
	}
	out := []any{}
	for _, f := range t.def.Fields {
		hidden := strings.HasPrefix(f.Name, "__")
		if !hidden && (p.Field.Arg("includeDeprecated") == true || f.Directives.ForName("deprecated") == nil) {
			out = append(out, f)
		}
	}
	return out, nil
}

func enumValues(_ context.Context, p Params) (any, error) {
	t := p.Source.(*typeRef)
	if t.kind != string(ast.Enum) {
		return nil, nil
	}
	out := []any{}
	for _, v := range t.def.EnumValues {
		if p.Field.Arg("includeDeprecated") == true || v.Directives.ForName("deprecated") == nil {
			out = append(out, v)
		}
	}
	return out, nil
}

func (in introspector) inputFieldsOf(t *typeRef) any {
	if t.kind != string(ast.InputObject) {
		return nil
	}
	out := []any{}
	for _, f := range t.def.Fields {
		out = append(out, inputValue{f.Name, f.Description, f.Type, f.DefaultValue, f.Directives})
	}
	return out
}

// listOf returns the empty list for types of that kind, and null for others.
func listOf(t *typeRef, kind ast.DefinitionKind) any {
	if t.kind == string(kind) {
		return []any{}
	}
	return nil
}

func arguments(list ast.ArgumentDefinitionList) any {
	out := []any{}
	for _, a := range list {
		out = append(out, inputValue{a.Name, a.Description, a.Type, a.DefaultValue, a.Directives})
	}
	return out
}

func directives(s *ast.Schema) any {
	names := sortedKeys(s.Directives)
	out := make([]any, len(names))
	for i, name := range names {
		out[i] = s.Directives[name]
	}
	return out
}

func locations(d *ast.DirectiveDefinition) any {
	var out []string
	for _, l := range d.Locations {
		out = append(out, string(l))
	}
	sort.Strings(out)
	return out
}

func nullIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func deprecationReason(list ast.DirectiveList) any {
	d := list.ForName("deprecated")
	if d == nil {
		return nil
	}
	if a := d.Arguments.ForName("reason"); a != nil {
		return a.Value.Raw
	}
	return "No longer supported"
}
