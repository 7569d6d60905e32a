// Package leaks finds the values of secrets in a log, encoded or not. It encodes the
// values and searches for the results.
package leaks

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a name and its value as JSON. Printed, logged or marshalled to JSON it
// shows only its name. The exceptions are where fmt calls no method: in an
// unexported field of another struct, and with %p and %w, which go vet refuses here.
type Secret struct {
	Name  string
	Value json.RawMessage
}

// Format writes only the name, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "{%s [redacted]}", s.Name) }

// LogValue implements [slog.LogValuer] with only the name.
func (s Secret) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// MarshalJSON writes only the name.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(s)) }

// Finder looks for the values of some secrets. It is safe for concurrent use. The
// zero value finds nothing.
type Finder struct {
	names func(log []byte) []string // a closure, whose variables fmt does not print
}

// Format writes no value, for every verb.
func (*Finder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "leaks.Finder") }

// NewFinder returns a finder for secrets. It ignores a value that is not JSON.
//
// Of each value it searches for
//   - every string in it, without surrounding white space. A string of 4 or 5 bytes
//     counts only if no letter, digit or underscore touches it;
//   - every line of such a string that has at least 8 bytes and is not a PEM header
//     (-----BEGIN, Proc-Type:);
//   - every number of at least 6 characters, in its spelling in the JSON, if no letter,
//     digit, underscore or fraction touches it;
//   - the complete JSON of an object or list, in its order of keys, if it holds a
//     string or a number and has at least 6 bytes without white space.
//
// It does not search for strings of fewer than 4 bytes, shorter numbers, booleans,
// null and the keys of objects.
//
// A string over 256 bytes is found by its first 256. NewFinder takes about a millisecond
// per secret.
func NewFinder(secrets []Secret) *Finder { return &Finder{names: newSearcher(secrets).names} }

// Names returns the names of the secrets whose values are in log: sorted, each
// once, empty and not nil if there are none.
//
// A value is found
//   - as it is;
//   - escaped as in strings of JSON, Go and Python (str and bytes);
//   - percent-encoded, with %20 or + for a space;
//   - from 6 bytes on in base64 and base64url anywhere in a longer encoded string, and
//     in hexadecimal, also with colons, dashes or spaces between the digits;
//   - from 8 bytes on across lines, wherever they are wrapped and however they are
//     indented;
//   - in one of these encodings inside another, such as JSON inside JSON or base64
//     inside a URL.
//
// White space is ignored in an object or list, and in a string of several words that
// has at least 8 other bytes.
//
// It does not find a value that is encoded three times, or dumped as by hexdump. A
// number inside base64 or hexadecimal counts also as part of a longer one. If the log
// puts a prefix before each line of a value, it is found by its own lines, but not if
// the log has wrapped it.
func (f *Finder) Names(log []byte) []string {
	if f.names == nil {
		return []string{}
	}
	return f.names(log)
}
