// Package pyliteral reads Python literals as ast.literal_eval of Python 3.11 does,
// which is how Prefect from 0.11.0 on casts the strings of a configuration. It formats
// values as Python's repr and str do.
//
// Python's types are these in Go: bool; str as string; None as nil; int as int64 or,
// if that is too small, *big.Int; float as float64; complex as complex128; bytes as
// []byte; list as []any; and [Tuple], [Set], [Dict] and [Ellipsis]. A lone surrogate,
// which a Go string cannot hold, becomes U+FFFD.
package pyliteral

import "errors"

// ErrNotLiteral is returned by [Parse] for a text that Python's literal_eval refuses,
// for whatever reason.
var ErrNotLiteral = errors.New("not a Python literal")

// Types of Python that Go lacks.
type (
	// Tuple is a tuple.
	Tuple []any
	// Set is a set, in the order of the text.
	Set []any
	// Dict is a dict, in the order of the text.
	Dict []Item
	// Ellipsis is the type of ... .
	Ellipsis struct{}
	// Item is one entry of a [Dict].
	Item struct{ Key, Value any }
)

// Parse reads a literal, in time proportional to the length of the text.
func Parse(text string) (any, error) {
	p := &parser{text: text}
	node, ok := p.parse()
	if !ok {
		return nil, ErrNotLiteral
	}
	return node.value, nil
}
