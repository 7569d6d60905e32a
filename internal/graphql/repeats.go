package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxRepeats bounds how often one result key may be selected in one object.
// Validation compares every two of these selections; no document of a client has
// more than a few.
const maxRepeats = 100

// resultField is where selections of one result key are merged, be they in one
// selection set, in several or in fragments.
type resultField struct {
	selections int
	children   map[string]*resultField // by result key
	spreads    map[string]bool
}

// repeats counts the selections of every result field of an operation.
type repeats struct {
	doc    *ast.QueryDocument
	active map[string]bool // fragments that are being read
	max    int             // of selections, so far
}

// checkRepeats returns an error if a document selects one result key too often. The
// document's fragments must be known not to expand beyond the limits.
func checkRepeats(doc *ast.QueryDocument) *Error {
	for _, op := range doc.Operations {
		r := repeats{doc: doc, active: map[string]bool{}}
		r.set(&resultField{}, op.SelectionSet)
		if r.max > maxRepeats {
			message := fmt.Sprintf("The document selects one field more than %d times in one place.", maxRepeats)
			return &Error{Message: message, Code: CodeValidationFailed, Locations: locationsOf(op.Position)}
		}
	}
	return nil
}

func (r *repeats) set(parent *resultField, set ast.SelectionSet) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			r.field(parent, it)
		case *ast.InlineFragment:
			r.set(parent, it.SelectionSet)
		case *ast.FragmentSpread:
			r.fragment(parent, it.Name)
		}
	}
}

func (r *repeats) field(parent *resultField, f *ast.Field) {
	field := parent.children[f.Alias]
	if field == nil {
		field = &resultField{}
		if parent.children == nil {
			parent.children = map[string]*resultField{}
		}
		parent.children[f.Alias] = field
	}
	field.selections++
	r.max = max(r.max, field.selections)
	r.set(field, f.SelectionSet)
}

// fragment enters a fragment once in each result field, and never within itself.
func (r *repeats) fragment(parent *resultField, name string) {
	def := r.doc.Fragments.ForName(name)
	if def == nil || parent.spreads[name] || r.active[name] {
		return
	}
	if parent.spreads == nil {
		parent.spreads = map[string]bool{}
	}
	parent.spreads[name], r.active[name] = true, true
	r.set(parent, def.SelectionSet)
	delete(r.active, name)
}
