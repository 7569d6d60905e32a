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
	fields int
	keys   map[string]*resultField
	spread map[string]bool
}

// repeats counts the selections of every result field of an operation.
type repeats struct {
	doc    *ast.QueryDocument
	active map[string]bool // fragments that are being looked into
	max    int
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

func (r *repeats) set(p *resultField, set ast.SelectionSet) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			r.field(p, it)
		case *ast.InlineFragment:
			r.set(p, it.SelectionSet)
		case *ast.FragmentSpread:
			r.fragment(p, it.Name)
		}
	}
}

func (r *repeats) field(p *resultField, f *ast.Field) {
	here := p.keys[f.Alias]
	if here == nil {
		here = &resultField{}
		if p.keys == nil {
			p.keys = map[string]*resultField{}
		}
		p.keys[f.Alias] = here
	}
	here.fields++
	r.max = max(r.max, here.fields)
	r.set(here, f.SelectionSet)
}

// fragment enters a fragment once in each result field, and never within itself.
func (r *repeats) fragment(p *resultField, name string) {
	def := r.doc.Fragments.ForName(name)
	if def == nil || p.spread[name] || r.active[name] {
		return
	}
	if p.spread == nil {
		p.spread = map[string]bool{}
	}
	p.spread[name], r.active[name] = true, true
	r.set(p, def.SelectionSet)
	delete(r.active, name)
}
