package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxRepeats bounds how often one key of the result may be selected at one place.
// Validation compares every two of these, while no document of a client has more
// than a few.
const maxRepeats = 100

// place is where selections of one key of the result come together, whether they
// stand in one selection set or in several, or in fragments.
type position struct {
	fields int
	keys   map[string]*position
	spread map[string]bool
}

// repeats counts the selections at every place of an operation.
type repeats struct {
	doc    *ast.QueryDocument
	active map[string]bool // fragments that are being looked into
	most   int
}

// repeated gives an error where a document selects one key too often. It expects a
// document whose fragments are known not to expand beyond bounds.
func checkRepeats(doc *ast.QueryDocument) *Error {
	for _, op := range doc.Operations {
		r := repeats{doc: doc, active: map[string]bool{}}
		r.set(&position{}, op.SelectionSet)
		if r.most > maxRepeats {
			return &Error{Message: fmt.Sprintf("The document selects one field more than %d times in one place.", maxRepeats), Code: CodeValidationFailed, Locations: at(op.Position)}
		}
	}
	return nil
}

func (r *repeats) set(p *position, set ast.SelectionSet) {
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

func (r *repeats) field(p *position, f *ast.Field) {
	here := p.keys[f.Alias]
	if here == nil {
		here = &position{}
		if p.keys == nil {
			p.keys = map[string]*position{}
		}
		p.keys[f.Alias] = here
	}
	here.fields++
	r.most = max(r.most, here.fields)
	r.set(here, f.SelectionSet)
}

// fragment looks into a fragment once at each place, and never within itself.
func (r *repeats) fragment(p *position, name string) {
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
