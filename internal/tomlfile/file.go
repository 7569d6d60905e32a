// Package tomlfile reads the tables of a TOML file and reports what is wrong with
// them, each thing at its place.
//
// [Open] reads a file, [File.Root] is its top, and a [Value] is read by the method
// for what it should be, which reports anything else. [File.Err] has all that was
// reported. The package's own words never quote a value.
package tomlfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// File is a TOML file while it is read.
type File struct {
	// Unknown, if set, gives the hint for a key that its table does not have; empty
	// means the hint that lists the keys of the table.
	Unknown func(key Value) string

	name     string
	doc      *tomlpos.Document
	tree     map[string]any
	elements map[element]tomlpos.NodeID
	values   map[tomlpos.NodeID]tomlpos.Value
	problems []Problem
}

// element is one of a list.
type element struct {
	list  tomlpos.NodeID
	index int32
}

// Open reads a text; name is what errors call the file. The error says where the
// text is not TOML 1.0.
func Open(name, text string) (*File, error) {
	doc, tree, err := decode(name, text)
	if err != nil {
		return nil, err
	}
	f := &File{name: name, doc: doc, tree: tree, elements: map[element]tomlpos.NodeID{}, values: map[tomlpos.NodeID]tomlpos.Value{}}
	for id, n := range doc.Nodes {
		if n.Index >= 0 {
			f.elements[element{n.Parent, n.Index}] = tomlpos.NodeID(id)
		}
	}
	for _, v := range doc.Values {
		f.values[v.Node] = v
	}
	return f, nil
}

// decode keeps nothing of the decoder's own words, which quote the text. The scanner
// comes first, since the decoder recurses as deep as a text nests.
func decode(name, text string) (doc *tomlpos.Document, tree map[string]any, err error) {
	doc, problem := tomlpos.Scan(text)
	if problem != nil {
		at := doc.Position(problem.Start)
		return nil, nil, fmt.Errorf("%s:%d:%d: not valid TOML: %s", name, at.Line, at.Column, problem.Problem)
	}
	_, err = toml.Decode(text, &tree)
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return nil, nil, fmt.Errorf("%s:%d: not valid TOML", name, parse.Position.Line)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: not valid TOML", name)
	}
	return doc, tree, nil
}

// Root is the table at the top.
func (f *File) Root() Value { return Value{f, tomlpos.Root, f.tree} }

// Err is an [*Error] with what is wrong with the values that were read, in the order
// of the file. It is nil if nothing is.
func (f *File) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b Problem) int { return cmp.Compare(a.Start, b.Start) })
	return &Error{File: f.name, Problems: f.problems}
}
