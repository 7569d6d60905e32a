package cloud

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// FieldInfo is what the directives in schema.graphql say about a field of Query or
// Mutation.
type FieldInfo struct {
	Store bool // the answer needs the store
	Named bool // the field is about one secret, whose name is an argument
}

// fields returns the fields of both dialects by name. It returns none if the schema
// cannot be loaded, which [New] then reports.
func fields() map[string]FieldInfo {
	s, err := schemas[Both]()
	if err != nil {
		return nil
	}
	return s.fields
}

// FieldOf describes a field of either dialect. For any other it returns the zero
// value.
func FieldOf(name string) FieldInfo { return fields()[name] }

// Owns reports whether a field of Query or Mutation belongs to the secrets API, in
// either dialect.
func Owns(name string) bool {
	_, ok := fields()[name]
	return ok
}

// fieldInfo reads @uses.
func fieldInfo(f graphql.SDLField) FieldInfo {
	uses := f.Directives["uses"]
	return FieldInfo{Store: uses["store"] == true, Named: uses["name"] == true}
}

// includes reports whether an API of the dialect has the field.
func (d Dialect) includes(f graphql.SDLField) bool {
	switch {
	case d == Both:
		return true
	case f.Directives["in"] == nil:
		return f.Directives["extension"] == nil
	}
	return slices.Contains(dialectsOf(f), d)
}

// dialectsOf returns the dialects that @in lists.
func dialectsOf(f graphql.SDLField) (out []Dialect) {
	list, _ := f.Directives["in"]["spellings"].([]any)
	for _, name := range list {
		out = append(out, Dialect(name.(string)))
	}
	return out
}

// checkDirectives returns an error if a field lacks a directive, or has one that it
// may not have.
func checkDirectives(f graphql.SDLField) error {
	var errs []error
	in, extension := len(dialectsOf(f)) > 0, f.Directives["extension"] != nil
	if in && extension || f.Root && !in && !extension {
		errs = append(errs,
			fmt.Errorf("field %s.%s needs @in(spellings: …) or @extension, and not both", f.Type, f.Name))
	}
	for _, d := range dialectsOf(f) {
		if d != Camel && d != Snake {
			errs = append(errs, fmt.Errorf("field %s.%s is in the spelling %q: it is %s or %s",
				f.Type, f.Name, string(d), Camel, Snake))
		}
	}
	if f.Root && f.Directives["uses"] == nil {
		errs = append(errs, fmt.Errorf("field %s.%s needs @uses(store: …, name: …)", f.Type, f.Name))
	}
	return errors.Join(errs...)
}
