package keysfile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// reader gathers what is wrong with a keys file.
type reader struct {
	name     string
	doc      *tomlpos.Document
	nodes    map[step]tomlpos.NodeID
	values   map[tomlpos.NodeID]tomlpos.Value
	problems []problem
}

// step leads from a node to one below it; index is -1 for what has a name.
type step struct {
	parent tomlpos.NodeID
	name   string
	index  int32
}

// problem is a thing that is wrong at a byte of the file. Its text quotes no
// value.
type problem struct {
	offset int
	text   string
}

func newReader(name string, doc *tomlpos.Document) *reader {
	r := &reader{name: name, doc: doc, nodes: map[step]tomlpos.NodeID{}, values: map[tomlpos.NodeID]tomlpos.Value{}}
	for id, n := range doc.Nodes[1:] {
		r.nodes[step{n.Parent, n.Name, n.Index}] = tomlpos.NodeID(id + 1)
	}
	for _, v := range doc.Values {
		r.values[v.Node] = v
	}
	return r
}

// err has a line for each problem, in the order of the file.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b problem) int { return cmp.Compare(a.offset, b.offset) })
	lines := make([]string, len(r.problems))
	for i, p := range r.problems {
		lines[i] = r.at(p.offset) + ": " + p.text
	}
	return &Error{lines}
}

func (r *reader) at(offset int) string {
	at := r.doc.Position(offset)
	return fmt.Sprintf("%s:%d:%d", r.name, at.Line, at.Column)
}

// Error is why a keys file cannot be used: everything that is wrong with it,
// one line each, as FILE:LINE:COLUMN: what is wrong: what to do.
type Error struct{ lines []string }

func (e *Error) Error() string { return strings.Join(e.lines, "\n") }

// spot is a place in the file while it is read, with what it holds.
type spot struct {
	*reader
	node  tomlpos.NodeID
	value any
}

// wrong reports the value.
func (s spot) wrong(message, hint string) {
	offset := s.values[s.node].Start
	if s.values[s.node].Kind == 0 {
		key, _ := s.doc.FirstKey(s.node)
		offset = key.Start
	}
	s.problems = append(s.problems, problem{offset, message + ": " + hint})
}

// wrongKey reports the key itself.
func (s spot) wrongKey(message, hint string) {
	key, _ := s.doc.FirstKey(s.node)
	s.problems = append(s.problems, problem{key.Start, message + ": " + hint})
}

func (s spot) below(name string, index int32, value any) spot {
	return spot{s.reader, s.nodes[step{s.node, name, index}], value}
}

// field is a key of a table: how it is read, and whether it must be there.
type field struct {
	read     func(spot)
	required string // what to add where the key is missing; empty: it may be missing
}

// table reads the keys of a table and reports those that it does not have.
func (s spot) table(what string, fields map[string]field) {
	table, ok := s.value.(map[string]any)
	if !ok {
		s.wrong(what+" is a table", "write its keys below a header")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		at := s.below(name, -1, table[name])
		if f, known := fields[name]; known {
			f.read(at)
		} else {
			at.unknown(what, name, slices.Sorted(maps.Keys(fields)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := table[name]; !ok && fields[name].required != "" {
			s.wrongKey(what+" has no "+name, "add "+fields[name].required)
		}
	}
}

// clearText are names under which people put a key itself.
var clearText = []string{"key", "secret", "token", "value", "password", "api_key", "api-key"}

func (s spot) unknown(what, name string, known []string) {
	hint := nearest.Hint(name, known, fmt.Sprintf("%s has %s and %s", what, strings.Join(known[:len(known)-1], ", "), known[len(known)-1]))
	if slices.Contains(clearText, name) && s.values[s.node].Kind.IsString() {
		hint = `this file holds no keys, only hash = "sha256:…" as keygen prints it; replace this key, since it was written down`
	}
	s.wrongKey(fmt.Sprintf("unknown key %q", name), hint)
}

// each reads the elements of a list.
func (s spot) each(what string, read func(spot)) {
	switch list := s.value.(type) {
	case []any:
		for i, v := range list {
			read(s.below("", int32(i), v))
		}
	case []map[string]any:
		for i, v := range list {
			read(s.below("", int32(i), v))
		}
	default:
		s.wrong("expected a list", what)
	}
}
