// Package tomlpos finds the positions of each part of a key, each value and each comment
// in a TOML 1.0 text, and the fault of a text that is not TOML 1.0.
//
// [Scan] complements a decoder, which finds what a text means. It takes time in
// proportion to the length of the text, whatever the text is, and neither recurses nor
// panics. The messages for errors, [Problem], never quote the text, since it may hold
// secrets.
package tomlpos

import (
	"strconv"
	"strings"
)

// Document is a text with the positions of what it holds: as [Scan] finds them, or as
// another reader gave them to a [Builder]. For a text that is not TOML 1.0 Scan returns
// what it found before the error.
type Document struct {
	Text     string    // as it was given, including a byte order mark
	Nodes    []Node    // a node comes after its parent; the first is Root
	Keys     []Key     // in the order of the text
	Values   []Value   // in the order of the text, a container before its elements
	Comments []Comment // in the order of the text
	lines    lines
	children map[child]NodeID
	strings  map[int]string // what a string means, by its offset, if a Builder made the document
}

// NewDocument returns a document of a text that is not TOML, with its comments. It has
// positions and lines, and no keys or values.
func NewDocument(text string, comments []Comment) *Document {
	return &Document{Text: text, Nodes: make([]Node, 1), Comments: comments, lines: newLines(text)}
}

// NodeID is an index into Document.Nodes.
type NodeID int32

// Root is the top-level table.
const Root NodeID = 0

// Node is a table, a value, or an element of an array. Several keys may name one node,
// as in [a.b] and [a.c].
type Node struct {
	Name   string // the decoded part of a key; empty for Root and for elements
	Parent NodeID // Root's parent is Root
	Index  int32  // of an element, from 0; -1 for a node with a name
	key    int32  // index of the first of its keys
	scope  int32  // of a formDotted: the scope whose keys made it
	newest NodeID // of a formTables: its last element
	form   form
	InList bool // whether it or one of its ancestors is an element of an array
}

type child struct {
	parent NodeID
	name   string
}

// Key is one part of a key as written, such as a in a.b = 1 or in [a.b]. Start and End
// are byte offsets, including quotes, End exclusive.
type Key struct {
	Node       NodeID
	Start, End int
	Last       bool // the last part of its key
	Header     bool // written in a [header] or [[header]]
}

// Comment is a comment, from # to the end of its line. Start and End are byte offsets,
// End exclusive.
type Comment struct {
	Start, End int
}

// Value is a value as written. Start and End are byte offsets, including quotes and
// brackets, End exclusive.
type Value struct {
	Node       NodeID
	Kind       Kind
	Start, End int
}

// Kind is the type of a value, as TOML 1.0 names it, and for a string how it is written.
type Kind uint8

const (
	BasicString Kind = iota + 1
	MultilineString
	LiteralString
	MultilineLiteral
	Integer
	Float
	Boolean
	OffsetDateTime
	LocalDateTime
	LocalDate
	LocalTime
	Array
	InlineTable
)

// IsString reports whether the value is a string.
func (k Kind) IsString() bool { return k >= BasicString && k <= MultilineLiteral }

// IsContainer reports whether the value is an array or an inline table.
func (k Kind) IsContainer() bool { return k == Array || k == InlineTable }

// Child returns the node with a name in a table of any form. It does not look into the
// elements of arrays.
func (d *Document) Child(parent NodeID, name string) (NodeID, bool) {
	id, ok := d.children[child{parent, name}]
	return id, ok
}

// FirstKey returns the first key that names a node; for an element of an array, the
// key of the array or of its [[header]]. Root has none.
func (d *Document) FirstKey(n NodeID) (Key, bool) {
	if n == Root {
		return Key{}, false
	}
	return d.Keys[d.Nodes[n].key], true
}

// Path returns the path of a node, written like a dotted key of TOML with [0] for the
// elements of arrays: a."b c"[0].d. The path of Root is empty.
func (d *Document) Path(n NodeID) string {
	var path []NodeID
	for ; n != Root; n = d.Nodes[n].Parent {
		path = append(path, n)
	}
	var b strings.Builder
	for i := len(path) - 1; i >= 0; i-- {
		writeStep(&b, d.Nodes[path[i]])
	}
	return b.String()
}

func writeStep(b *strings.Builder, n Node) {
	if n.Index >= 0 {
		b.WriteByte('[')
		b.WriteString(strconv.Itoa(int(n.Index)))
		b.WriteByte(']')
		return
	}
	if b.Len() > 0 {
		b.WriteByte('.')
	}
	b.WriteString(QuoteKey(n.Name))
}

// QuoteKey returns a part of a key, bare if TOML allows that, otherwise in double quotes
// with escapes, so that it fits on one line and prints safely.
func QuoteKey(name string) string {
	if name != "" && bareLength(name) == len(name) {
		return name
	}
	return strconv.QuoteToGraphic(name)
}
