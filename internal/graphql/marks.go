package graphql

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Marked is a field of an object type with what the SDL's own directives say of it,
// for [Config.Include].
type SDLField struct {
	// Type and Name are where it stands; Root tells Query and Mutation.
	Type, Name string
	Root       bool
	// Marks holds the arguments of each directive: bool, string (also an enum), []any.
	Directives map[string]map[string]any
}

// cut takes out of a schema what Keep does not keep, the SDL's own directives, and
// the types that no field names any longer. It gives the resolvers that are left.
func (c Config) prune(loaded *ast.Schema) (Resolvers, error) {
	if c.Include == nil {
		return c.Resolvers, nil
	}
	left := Resolvers{}
	for name, fields := range c.Resolvers {
		left[name] = maps.Clone(fields)
	}
	var errs []error
	for _, name := range sortedKeys(loaded.Types) {
		if def := loaded.Types[name]; def.Kind == ast.Object && !def.BuiltIn {
			errs = append(errs, c.pruneFields(loaded, def, left[name]))
		}
	}
	maps.DeleteFunc(loaded.Directives, func(_ string, d *ast.DirectiveDefinition) bool { return isCustom(d) })
	pruneTypes(loaded, left)
	return left, errors.Join(errs...)
}

func (c Config) pruneFields(loaded *ast.Schema, def *ast.Definition, left map[string]Resolver) error {
	var errs []error
	def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool {
		if strings.HasPrefix(f.Name, "__") {
			return false
		}
		keep, err := c.Include(SDLField{def.Name, f.Name, def == loaded.Query || def == loaded.Mutation, takeDirectives(f)})
		errs = append(errs, err)
		if !keep {
			delete(left, f.Name)
		}
		return !keep
	})
	return errors.Join(errs...)
}

// takeMarks takes the SDL's own directives from a field.
func takeDirectives(f *ast.FieldDefinition) map[string]map[string]any {
	marks := map[string]map[string]any{}
	f.Directives = slices.DeleteFunc(f.Directives, func(d *ast.Directive) bool {
		if !isCustom(d.Definition) {
			return false
		}
		marks[d.Name] = d.ArgumentMap(nil)
		return true
	})
	return marks
}

// isOwn tells a directive of the SDL from those that every schema has.
func isCustom(d *ast.DirectiveDefinition) bool { return !d.Position.Src.BuiltIn }

// cutTypes takes out the types that no field of Query or Mutation leads to.
func pruneTypes(loaded *ast.Schema, left Resolvers) {
	reached := map[string]bool{}
	for _, root := range []*ast.Definition{loaded.Query, loaded.Mutation} {
		if root != nil {
			markReachable(loaded, root.Name, reached)
		}
	}
	maps.DeleteFunc(loaded.Types, func(name string, def *ast.Definition) bool {
		gone := !reached[name] && !def.BuiltIn
		if gone {
			delete(left, name)
		}
		return gone
	})
}

// reach marks a type and those that its fields and their arguments name.
func markReachable(loaded *ast.Schema, name string, reached map[string]bool) {
	if reached[name] {
		return
	}
	reached[name] = true
	for _, f := range loaded.Types[name].Fields {
		markReachable(loaded, f.Type.Name(), reached)
		for _, a := range f.Arguments {
			markReachable(loaded, a.Type.Name(), reached)
		}
	}
}
