package graphql

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// SDLField is a field of an object type in the SDL, for [Config].Include.
type SDLField struct {
	Type, Name string
	Root       bool // Type is Query or Mutation
	// Directives are the arguments of the field's directives that the SDL defines, as
	// bool, string (also for an enum) or []any.
	Directives map[string]map[string]any
}

// prune removes the fields that Include excludes, the directives that the SDL defines,
// and the types that no field refers to any more. It returns the resolvers of what
// remains.
func (c Config) prune(loaded *ast.Schema) (Resolvers, error) {
	if c.Include == nil {
		return c.Resolvers, nil
	}
	remaining := Resolvers{}
	for name, fields := range c.Resolvers {
		remaining[name] = maps.Clone(fields)
	}
	var errs []error
	for _, name := range sortedKeys(loaded.Types) {
		if def := loaded.Types[name]; def.Kind == ast.Object && !def.BuiltIn {
			errs = append(errs, c.pruneFields(loaded, def, remaining[name]))
		}
	}
	maps.DeleteFunc(loaded.Directives, func(_ string, d *ast.DirectiveDefinition) bool { return isCustom(d) })
	pruneTypes(loaded, remaining)
	return remaining, errors.Join(errs...)
}

func (c Config) pruneFields(loaded *ast.Schema, def *ast.Definition, resolvers map[string]Resolver) error {
	var errs []error
	def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool {
		if strings.HasPrefix(f.Name, "__") {
			return false
		}
		root := def == loaded.Query || def == loaded.Mutation
		included, err := c.Include(SDLField{def.Name, f.Name, root, takeDirectives(f)})
		errs = append(errs, err)
		if !included {
			delete(resolvers, f.Name)
		}
		return !included
	})
	return errors.Join(errs...)
}

// takeDirectives removes the directives that the SDL defines from a field and
// returns them.
func takeDirectives(f *ast.FieldDefinition) map[string]map[string]any {
	taken := map[string]map[string]any{}
	f.Directives = slices.DeleteFunc(f.Directives, func(d *ast.Directive) bool {
		if !isCustom(d.Definition) {
			return false
		}
		taken[d.Name] = d.ArgumentMap(nil)
		return true
	})
	return taken
}

// isCustom reports whether a directive is defined by the SDL and not built in.
func isCustom(d *ast.DirectiveDefinition) bool { return !d.Position.Src.BuiltIn }

// pruneTypes removes the types that no field of Query or Mutation leads to.
func pruneTypes(loaded *ast.Schema, resolvers Resolvers) {
	reached := map[string]bool{}
	for _, root := range []*ast.Definition{loaded.Query, loaded.Mutation} {
		if root != nil {
			markReachable(loaded, root.Name, reached)
		}
	}
	maps.DeleteFunc(loaded.Types, func(name string, def *ast.Definition) bool {
		if reached[name] || def.BuiltIn {
			return false
		}
		delete(resolvers, name)
		return true
	})
}

// markReachable marks a type and those that its fields and their arguments lead to.
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
