// Package tomlpos finds where everything stands in a TOML 1.0 text: each part
// of each key, each value and each comment, and what is wrong with a text that
// is not TOML 1.0.
//
// A decoder says what a text means; [Scan] says where it says so. It takes time
// in proportion to the text, whatever the text is, and neither recurses nor
// panics. Its words for an error, [Problem], never quote the text, because the
// texts it is for hold secrets.
package tomlpos

import (
	"strconv"
	"strings"
)

// Document is what stands where in a text. For a text that is not TOML 1.0 it
// holds what was scanned before the error.
type Document struct {
	Text     string    // as given to Scan, byte order mark and all
	Nodes    []Node    // a node stands after its parent; the first is Root
	Keys     []Key     // in the order of the text
	Values   []Value   // in the order of the text, a container before what it holds
	Comments []Comment // in the order of the text
	lines    lines
	children map[child]NodeID
}

// NodeID is an index into Document.Nodes.
type NodeID int32

// Root is the top of the document.
const Root NodeID = 0

// Node is one address in the document: a table, a value, or an element of an
// array. Several keys may name one node, as in [a.b] and [a.c].
type Node struct {
	Parent NodeID // of Root: Root
	Name   string // the decoded part of a key; empty for Root and for elements
	Index  int32  // of an element, from 0; -1 for what has a name
	InList bool   // whether it or something above it is an element of an array
	key    int32  // index of the first of its keys
	form   form
	scope  int32  // of a formDotted: the scope whose keys made it
	newest NodeID // of a formTables: its last element
}

type child struct {
	parent NodeID
	name   string
}

// Key is one part of a key as written: of the two in a.b = 1, or of those in a
// header. Start and End are byte offsets into the text, quotes included, End
// exclusive.
type Key struct {
	Node       NodeID
	Start, End int
	Last       bool // the last part of its key
	Header     bool // written in a [header] or [[header]]
}

// Comment is a comment as written, from # to the end of its line. Start and End
// are byte offsets, End exclusive.
type Comment struct {
	Start, End int
}

// Value is a value as written. Start and End are byte offsets, quotes and
// brackets included, End exclusive.
type Value struct {
	Node       NodeID
	Kind       Kind
	Start, End int
}

// Kind is the type of a value, as TOML 1.0 names them, and for text how it is
// written.
type Kind uint8

// The kinds of values.
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

// IsString reports whether the value is a text.
func (k Kind) IsString() bool { return k >= BasicString && k <= MultilineLiteral }

// IsContainer reports whether the value is an array or an inline table.
func (k Kind) IsContainer() bool { return k == Array || k == InlineTable }

// Child is the node that parent holds under name. It looks into tables of every
// form, but not into elements of arrays.
func (d *Document) Child(parent NodeID, name string) (NodeID, bool) {
	id, ok := d.children[child{parent, name}]
	return id, ok
}

// FirstKey is where a node is named first: for an element of an array, where
// the array is. Root has none.
func (d *Document) FirstKey(n NodeID) (Key, bool) {
	if n == Root {
		return Key{}, false
	}
	return d.Keys[d.Nodes[n].key], true
}

// Path writes the way to a node as TOML writes a dotted key, with [0] for the
// elements of arrays: a."b c"[0].d. Root is empty.
func (d *Document) Path(n NodeID) string {
	var steps []NodeID
	for ; n != Root; n = d.Nodes[n].Parent {
		steps = append(steps, n)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		d.writeStep(&b, d.Nodes[steps[i]])
	}
	return b.String()
}

func (d *Document) writeStep(b *strings.Builder, n Node) {
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

// QuoteKey writes a part of a key bare where TOML allows that, else in double
// quotes and escaped, so that it stays on one line and prints safely.
func QuoteKey(name string) string {
	if name != "" && bareLength(name) == len(name) {
		return name
	}
	return strconv.QuoteToGraphic(name)
}
