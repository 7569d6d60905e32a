// Package leaks finds secrets' values in a text, such as a log, however the text
// has encoded them.
//
// It does not encode the values: it decodes the text, in every way and several
// times over, and looks for the values as they are. So a value that is escaped in
// JSON inside a URL is found, and one inside a longer base64 text.
package leaks

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a name and its value as JSON. Printed, logged or written as JSON it
// gives its name alone. That fails where fmt calls no method: in an unexported
// field of another struct, and with %p and %w, which go vet refuses here.
type Secret struct {
	Name  string
	Value json.RawMessage
}

// Format writes the name alone, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "{%s [redacted]}", s.Name) }

// LogValue implements [slog.LogValuer] with the name alone.
func (s Secret) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// MarshalJSON writes the name alone.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(s)) }

// Finder looks for the values of some secrets. It is safe for concurrent use. The
// zero value finds nothing.
type Finder struct {
	names func(text []byte) []string // a closure, into which fmt does not look
}

// Format writes no value, whatever the verb.
func (*Finder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "leaks.Finder") }

// NewFinder makes a finder. A value that is not JSON is not looked for.
//
// Of each value it looks for
//   - every text in it, without the white space around it. A text of 4 or 5 bytes
//     counts only where it stands alone as a word: no letter, digit or underscore
//     touches it;
//   - every line of such a text that has at least 8 bytes and is no header as PEM
//     has it (-----BEGIN, Proc-Type:);
//   - every number of at least 6 characters, as it is spelled, where no letter,
//     digit, underscore or fraction touches it;
//   - the JSON of an object or list as a whole, in its order of keys, if it holds a
//     text or a number and has at least 6 bytes without white space.
//
// It does not look for texts of fewer than 4 bytes, shorter numbers, booleans,
// null and the keys of objects.
func NewFinder(secrets []Secret) *Finder { return &Finder{names: newMatcher(secrets).names} }

// Names are the names of the secrets whose values stand in text: sorted, each
// once, empty and not nil if there are none. The time it takes grows with the
// length of the text and hardly with the number of secrets. It holds several
// times the text in memory.
//
// A value is found
//   - as it is;
//   - escaped as in strings of JSON, Go, Python (str and bytes) and JavaScript;
//   - percent-encoded, with %20 or + for a blank;
//   - from 6 bytes on in base64 and base64url, padded or not, at any place of a
//     longer text, and so in hexadecimal, also with colons, dashes or white space
//     between the digits, and in dumps of [hex.Dump] and xxd;
//   - from 8 bytes on across lines, wherever they were wrapped and however they
//     are indented;
//   - in what up to four of these make of it one after the other, such as JSON
//     inside JSON or base64 inside a URL.
//
// White space is not compared in an object or list, and in a text of several words
// if it has at least 8 bytes besides.
//
// A number inside base64 or hexadecimal counts also in a longer one. A value of
// which each line has a prefix of the log before it is found by its own lines; if
// the log has wrapped it, it is not.
func (f *Finder) Names(text []byte) []string {
	if f.names == nil {
		return []string{}
	}
	return f.names(text)
}
