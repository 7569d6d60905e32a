// Package leaks finds the values of secrets in a log, also where the log has
// encoded them. It encodes the values and searches for the results.
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
	names func(log []byte) []string // a closure, into which fmt does not look
}

// Format writes no value, whatever the verb.
func (*Finder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "leaks.Finder") }

// NewFinder makes a finder. It ignores a value that is not JSON.
//
// Of each value it searches for
//   - every string in it, without the white space around it. A string of 4 or 5
//     bytes counts only where no letter, digit or underscore touches it;
//   - every line of such a string that has at least 8 bytes and is not a PEM header
//     (-----BEGIN, Proc-Type:);
//   - every number of at least 6 characters, as it is spelled, where no letter,
//     digit, underscore or fraction touches it;
//   - the JSON of an object or list as a whole, in its order of keys, if it holds a
//     string or a number and has at least 6 bytes without white space.
//
// It does not search for strings of fewer than 4 bytes, shorter numbers, booleans,
// null and the keys of objects.
//
// A string over 256 bytes is found by its first 256. It takes about a millisecond
// a secret.
func NewFinder(secrets []Secret) *Finder { return &Finder{names: newSearcher(secrets).names} }

// Names returns the names of the secrets whose values are in log: sorted, each
// once, empty and not nil if there are none.
//
// A value is found
//   - as it is;
//   - escaped as in strings of JSON, Go and Python (str and bytes);
//   - percent-encoded, with %20 or + for a space;
//   - from 6 bytes on in base64 and base64url at any place of a longer encoded
//     string, and in hexadecimal, also with colons, dashes or spaces between the
//     digits;
//   - from 8 bytes on across lines, wherever they were wrapped and however they
//     are indented;
//   - in one of these inside another one, such as JSON inside JSON or base64
//     inside a URL.
//
// White space is not compared in an object or list, and in a string of several
// words if it has at least 8 bytes besides.
//
// It does not find what is encoded three times, or dumped as by hexdump. A number
// inside base64 or hexadecimal counts also in a longer one. A value of which each
// line has a prefix of the log before it is found by its own lines; if the log has
// wrapped it, it is not.
func (f *Finder) Names(log []byte) []string {
	if f.names == nil {
		return []string{}
	}
	return f.names(log)
}
