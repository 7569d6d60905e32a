package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxTopTokens bounds what [TopFields] reads. Its cost is in proportion to that: at
// most some 50 MiB for a moment.
const maxTopTokens = 100_000

// TopFields returns the names of the fields at the top of a document, each once and
// in order: in every operation, through every fragment, under any alias, and
// whatever @skip and @include say. A fragment that no operation reaches counts as if
// one did. No schema is needed.
//
// It reports false if the document cannot be parsed, nests deeper than gqlparser
// reads or has more than 100,000 tokens.
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
	w := topWalker{
		fragments: map[string][]*ast.FragmentDefinition{}, reached: map[visit]bool{}, seen: map[string]bool{},
	}
	for _, f := range doc.Fragments {
		w.fragments[f.Name] = append(w.fragments[f.Name], f)
	}
	for _, op := range doc.Operations {
		w.set(op.SelectionSet, true)
	}
	for _, f := range doc.Fragments {
		if !w.reached[visit{f.Name, true}] && !w.reached[visit{f.Name, false}] {
			w.spread(f.Name, true)
		}
	}
	return w.names, true
}

// topWalker collects the fields at the top of a document.
type topWalker struct {
	fragments map[string][]*ast.FragmentDefinition // several for a name in an invalid document
	reached   map[visit]bool
	seen      map[string]bool
	names     []string
}

// visit is a fragment that is spread at the top of a document, or below it.
type visit struct {
	fragment string
	top      bool
}

func (w *topWalker) set(set ast.SelectionSet, top bool) {
	for _, selection := range set {
		switch it := selection.(type) {
		case *ast.Field:
			if top && !w.seen[it.Name] {
				w.seen[it.Name] = true
				w.names = append(w.names, it.Name)
			}
			w.set(it.SelectionSet, false)
		case *ast.InlineFragment:
			w.set(it.SelectionSet, top)
		case *ast.FragmentSpread:
			w.spread(it.Name, top)
		}
	}
}

// spread walks every definition with that name, once at the top and once below it.
func (w *topWalker) spread(name string, top bool) {
	if w.reached[visit{name, top}] {
		return
	}
	w.reached[visit{name, top}] = true
	for _, f := range w.fragments[name] {
		w.set(f.SelectionSet, top)
	}
}
