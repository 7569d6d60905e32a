package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxTopTokens bounds what [TopFields] reads, which costs in proportion and at most
// some 50 MiB for a moment.
const maxTopTokens = 100_000

// TopFields lists the names of the fields that stand at the top of a document, each
// once and in order: in every operation, through every fragment, under any alias,
// and whatever @skip and @include say. A fragment that no operation reaches counts as
// if one did. There need be no schema that the document fits.
//
// It is not ok where the document cannot be parsed, nests deeper than gqlparser reads
// or has more than 100,000 tokens.
func TopFields(query string) (names []string, ok bool) {
	defer func() {
		if recover() != nil { // as in Schema.document
			names, ok = nil, false
		}
	}()
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, maxTopTokens)
	if err != nil {
		return nil, false
	}
	t := topWalker{fragments: map[string][]*ast.FragmentDefinition{}, reached: map[visit]bool{}, seen: map[string]bool{}}
	for _, f := range doc.Fragments {
		t.fragments[f.Name] = append(t.fragments[f.Name], f)
	}
	for _, op := range doc.Operations {
		t.set(op.SelectionSet, true)
	}
	for _, f := range doc.Fragments {
		if !t.reached[visit{f.Name, true}] && !t.reached[visit{f.Name, false}] {
			t.fragment(f.Name, true)
		}
	}
	return t.names, true
}

type topWalker struct {
	fragments map[string][]*ast.FragmentDefinition // a bad document has several of one name
	reached   map[visit]bool
	seen      map[string]bool
	names     []string
}

// visit is a fragment at the top of a document or beneath it.
type visit struct {
	fragment string
	top      bool
}

func (t *topWalker) set(set ast.SelectionSet, top bool) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			if top && !t.seen[it.Name] {
				t.seen[it.Name] = true
				t.names = append(t.names, it.Name)
			}
			t.set(it.SelectionSet, false)
		case *ast.InlineFragment:
			t.set(it.SelectionSet, top)
		case *ast.FragmentSpread:
			t.fragment(it.Name, top)
		}
	}
}

// fragment walks every definition of that name once at each place.
func (t *topWalker) fragment(name string, top bool) {
	if t.reached[visit{name, top}] {
		return
	}
	t.reached[visit{name, top}] = true
	for _, f := range t.fragments[name] {
		t.set(f.SelectionSet, top)
	}
}
