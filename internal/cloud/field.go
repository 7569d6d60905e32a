package cloud

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Field is what the directives in schema.graphql say of a field of Query or Mutation.
type Field struct {
	// Store tells that the answer needs the store.
	Store bool
	// Named tells that the field is about one secret, whose name it takes.
	Named bool
}

// fields are those of both spellings. There are none where the schema cannot be
// loaded, as [New] says then.
func fields() map[string]Field {
	s, err := schemas[Both]()
	if err != nil {
		return nil
	}
	return s.fields
}

// FieldOf is what a field of either spelling is; of any other it is the zero value.
func FieldOf(name string) Field { return fields()[name] }

// Owns reports whether a field of Query or Mutation is the secrets API's, in either
// spelling.
func Owns(name string) bool {
	_, owned := fields()[name]
	return owned
}

func fieldOf(f graphql.SDLField) Field {
	uses := f.Directives["uses"]
	return Field{Store: uses["store"] == true, Named: uses["name"] == true}
}

// has decides which fields an API of that spelling has.
func (s Dialect) includes(f graphql.SDLField) bool {
	in, extension := f.Directives["in"], f.Directives["extension"]
	switch {
	case s == Both:
		return true
	case in == nil:
		return extension == nil
	}
	return slices.Contains(dialectsOf(f), s)
}

func dialectsOf(f graphql.SDLField) (out []Dialect) {
	list, _ := f.Directives["in"]["spellings"].([]any)
	for _, name := range list {
		out = append(out, Dialect(name.(string)))
	}
	return out
}

// complete says what a field lacks, or has that it may not have.
func checkDirectives(f graphql.SDLField) error {
	var errs []error
	in, extension := len(dialectsOf(f)) > 0, f.Directives["extension"] != nil
	if in && extension || f.Root && !in && !extension {
		errs = append(errs, fmt.Errorf("field %s.%s needs @in(spellings: …) or @extension, and not both", f.Type, f.Name))
	}
	for _, s := range dialectsOf(f) {
		if s != Camel && s != Snake {
			errs = append(errs, fmt.Errorf("field %s.%s is in the spelling %q: it is %s or %s", f.Type, f.Name, string(s), Camel, Snake))
		}
	}
	if f.Root && f.Directives["uses"] == nil {
		errs = append(errs, fmt.Errorf("field %s.%s needs @uses(store: …, name: …)", f.Type, f.Name))
	}
	return errors.Join(errs...)
}
