// Package leaks finds secrets' values in a text, such as a log, however the text
// has encoded them.
//
// It does not encode the values: it decodes the text, in every way and to a depth
// of three, and looks for the values as they are. So a value that is escaped in
// JSON inside a URL is found, and one inside a longer base64 text.
package leaks

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Secret is a name and its value as JSON.
type Secret struct {
	Name  string
	Value json.RawMessage
}

// Format writes the name alone, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "{%s [redacted]}", s.Name) }

// Finder looks for the values of some secrets. It is safe for concurrent use.
type Finder struct {
	index map[prefix][]pattern
	begin [256]uint64 // for the first byte of a pattern, a bit for each second one modulo 64
}

// Format writes no value, whatever the verb.
func (*Finder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "leaks.Finder") }

// NewFinder makes a finder.
//
// Of each value it looks for every text in it, for every line of such a text, and
// for the JSON as a whole; names of JSON keys are no part of a value. Texts of
// fewer than 4 bytes, numbers of fewer than 6 characters, booleans and null are
// not looked for. Texts of 4 and 5 bytes and numbers are found where they stand
// alone, in the text as it is or unescaped.
func NewFinder(secrets []Secret) *Finder {
	f := &Finder{index: map[prefix][]pattern{}}
	for _, s := range secrets {
		for _, p := range patternsOf(s) {
			f.add(p)
		}
	}
	return f
}

// Names are the names of the secrets whose values stand in text, sorted. The time
// it takes grows with the length of the text, not with the number of secrets.
//
// A value is found as it is; escaped as JSON, Go or Python write strings; in a
// URL; in base64 and base64url, at any place of a longer text; in hexadecimal;
// and in all of these also if white space, such as line breaks, stands in it.
func (f *Finder) Names(text []byte) []string {
	found := map[string]bool{}
	if len(f.index) > 0 {
		eachView(text, func(v view) { f.search(v, found) })
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
