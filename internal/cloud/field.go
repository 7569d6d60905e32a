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

func fieldOf(f graphql.Marked) Field {
	uses := f.Marks["uses"]
	return Field{Store: uses["store"] == true, Named: uses["name"] == true}
}

// has decides which fields an API of that spelling has.
func (s Spelling) has(f graphql.Marked) bool {
	in, extension := f.Marks["in"], f.Marks["extension"]
	switch {
	case s == Both:
		return true
	case in == nil:
		return extension == nil
	}
	return slices.Contains(spellingsOf(f), s)
}

func spellingsOf(f graphql.Marked) (out []Spelling) {
	list, _ := f.Marks["in"]["spellings"].([]any)
	for _, name := range list {
		out = append(out, Spelling(name.(string)))
	}
	return out
}

// complete says what a field lacks, or has that it may not have.
func complete(f graphql.Marked) error {
	var errs []error
	in, extension := len(spellingsOf(f)) > 0, f.Marks["extension"] != nil
	if in && extension || f.Root && !in && !extension {
		errs = append(errs, fmt.Errorf("field %s.%s needs @in(spellings: …) or @extension, and not both", f.Type, f.Name))
	}
	for _, s := range spellingsOf(f) {
		if s != Camel && s != Snake {
			errs = append(errs, fmt.Errorf("field %s.%s is in the spelling %q: it is %s or %s", f.Type, f.Name, string(s), Camel, Snake))
		}
	}
	if f.Root && f.Marks["uses"] == nil {
		errs = append(errs, fmt.Errorf("field %s.%s needs @uses(store: …, name: …)", f.Type, f.Name))
	}
	return errors.Join(errs...)
}
