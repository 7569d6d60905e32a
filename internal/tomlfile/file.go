// Package tomlfile reads the tables of a TOML file and reports the problems in them,
// each with its position.
//
// [Open] parses a file, and [File.Root] returns its top-level table. A [Value] has a
// method for each type, which reports a value of another type. [File.Err] returns all
// that was reported. The package's own messages never quote a value.
package tomlfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// File is a TOML file that is being read.
type File struct {
	// Unknown, if set, returns the hint for an unknown key. If it returns "", the hint
	// lists the keys of the table.
	Unknown func(key Value) string

	name     string
	doc      *tomlpos.Document
	tree     map[string]any
	elements map[element]tomlpos.NodeID
	values   map[tomlpos.NodeID]tomlpos.Value
	problems []Problem
}

// element identifies an element of a list.
type element struct {
	list  tomlpos.NodeID
	index int32
}

// Open parses the text of a file; name is the file's name in errors. The error has the
// position at which the text is not TOML 1.0.
func Open(name, text string) (*File, error) {
	doc, tree, err := decode(name, text)
	if err != nil {
		return nil, err
	}
	f := &File{
		name: name, doc: doc, tree: tree,
		elements: map[element]tomlpos.NodeID{}, values: map[tomlpos.NodeID]tomlpos.Value{},
	}
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

// decode scans and decodes a text. Its errors have nothing of the decoder's messages,
// which quote the text. It scans first, since the decoder recurses as deep as the text
// nests and the scanner limits the depth.
func decode(name, text string) (doc *tomlpos.Document, tree map[string]any, err error) {
	doc, problem := tomlpos.Scan(text)
	if problem != nil {
		pos := doc.Position(problem.Start)
		return nil, nil, fmt.Errorf("%s:%d:%d: not valid TOML: %s", name, pos.Line, pos.Column, problem.Problem)
	}
	_, err = toml.Decode(text, &tree)
	var parseErr toml.ParseError
	if errors.As(err, &parseErr) {
		return nil, nil, fmt.Errorf("%s:%d: not valid TOML", name, parseErr.Position.Line)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: not valid TOML", name)
	}
	return doc, tree, nil
}

// Root returns the top-level table.
func (f *File) Root() Value { return Value{f, tomlpos.Root, f.tree} }

// Err returns an [*Error] with the problems of the values read so far, in the order of
// the file. It returns nil if there are none.
func (f *File) Err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b Problem) int { return cmp.Compare(a.Start, b.Start) })
	return &Error{File: f.name, Problems: f.problems}
}
