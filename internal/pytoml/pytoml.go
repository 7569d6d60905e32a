// Package pytoml reads a configuration as Python's toml 0.10.2 does, the parser
// inside every Prefect release. That parser is not a real TOML parser: it looks for
// quotes, brackets and equals signs line by line, and so refuses or misreads some
// valid files, and accepts some invalid ones. This package takes the same steps, as
// the parser's source and its behaviour show them, and so makes the same mistakes.
// Python names and line numbers in comments are those of
// https://github.com/uiri/toml/blob/0.10.2/toml/decoder.py.
package pytoml

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// List is an array. Its items are of the types of a Table's values.
type List struct {
	Items []any
	node  tomlpos.NodeID
}

// Int is an integer of any size, in decimal.
type Int string

// IntOf returns n as an Int.
func IntOf(n int64) Int { return Int(strconv.FormatInt(n, 10)) }

// Time is a date, a time of day, or both.
type Time struct {
	HasDate          bool
	Year, Month, Day int
	HasClock         bool
	Hour, Minute     int
	Second, Micro    int
	Zoned            bool
	Offset           int // from UTC, in minutes
}

// Error says why a text is not read: the parser refuses it, or Limit is exceeded. Offset
// is in bytes; it is the start of the line that the parser was reading, or in its first
// pass the character.
type Error struct {
	Offset int
	Class  string // of the exception in Python; empty if Limit is not nil
	Reason string // Python's message, without what it quotes; may be empty
	Limit  error  // ErrTooLong, ErrTooDeep, or nil
}

func (e *Error) Error() string {
	if e.Limit != nil {
		return e.Limit.Error()
	}
	return strings.TrimSuffix(e.Class+": "+e.Reason, ": ")
}

func (e *Error) Unwrap() error { return e.Limit }

// The limits of this package. Python may read a text that exceeds one.
var (
	// ErrTooLong means that reading would take more than maxSteps steps.
	ErrTooLong = errors.New("the parser inside Prefect would take hours to read this")
	// ErrTooDeep means that the text nests deeper than tomlpos reads.
	ErrTooDeep = fmt.Errorf("it nests deeper than %d levels: use fewer", tomlpos.MaxDepth)
)

// maxSteps bounds the cost of a text, in characters read. Python's parser is quadratic
// in the length of a line.
const maxSteps = 64 << 20

// Read reads the text of a file, as toml.load does: a carriage return ends a line, with
// a line feed or without.
func Read(text string) (*Table, *Error) {
	r := &reader{}
	if err := r.readFile(text); err != nil {
		return nil, err
	}
	return r.root, nil
}

// Scan reads a file as [Read] does, and also returns the positions of its keys and values.
func Scan(text string) (*Table, *tomlpos.Document, *Error) {
	r := &reader{doc: tomlpos.NewBuilder(text)}
	if err := r.readFile(text); err != nil {
		return nil, nil, err
	}
	return r.root, r.doc.Document(), nil
}

// readFile reads the text of a file.
func (r *reader) readFile(text string) *Error {
	if !utf8.ValidString(text) {
		return &Error{Offset: validLength(text), Class: "UnicodeDecodeError"}
	}
	text, r.newlines = joinNewlines(text)
	return r.read(text)
}

// validLength returns the length of the text's valid UTF-8 prefix.
func validLength(text string) int {
	for i, c := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); c == utf8.RuneError && size == 1 {
			return i
		}
	}
	return len(text)
}

// refusal is the panic that ends the reading. Whichever exception Python raises,
// import prefect fails with it.
type refusal struct{ class, reason string }

// limit is the panic that ends the reading at one of the limits.
type limit struct{ err error }

// refuse raises the parser's own exception, and raise one that it does not catch.
func refuse(reason string) { panic(refusal{"TomlDecodeError", reason}) }

func raise(class string) { panic(refusal{class: class}) }

const indexError = "IndexError"

// reader is the state of reading one text.
type reader struct {
	steps int
	depth int // of the arrays and inline tables around what is being read

	root     *Table
	table    any            // the table that the next key goes into
	implicit map[string]int // how many tables of a name only a longer header has created

	rest *continued // the value that continues on the next line

	doc      *tomlpos.Builder // nil if nobody asks for positions
	pos      int              // what is being read, for errors: an offset in the text that is read
	newlines origins          // of that text, in the file
	blanked  origins          // of the second pass's text, in that text
	buffer   *origins         // of the value being read, in the second pass's text; nil if it is a part of that
}

// cost adds n steps.
func (r *reader) cost(n int) {
	if r.steps += n; r.steps > maxSteps {
		panic(limit{ErrTooLong})
	}
}

// read reads a text as toml.loads does.
func (r *reader) read(text string) (err *Error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case refusal:
			err = &Error{Offset: r.newlines.of(r.pos), Class: p.class, Reason: p.reason}
		case limit:
			err = &Error{Offset: r.newlines.of(r.pos), Limit: p.err}
		default:
			panic(p)
		}
	}()
	s := &scanner{text: []rune(text), atLineStart: true}
	s.run(r)
	r.root = newTable(tomlpos.Root)
	r.table = r.root
	r.implicit = map[string]int{}
	r.readLines(string(s.text))
	return nil
}

// enterValue and leaveValue count how deep values nest.
func (r *reader) enterValue() {
	r.depth++
	r.checkDepth(0)
}

func (r *reader) leaveValue() { r.depth-- }

// checkDepth ends the reading at a key of too many parts.
func (r *reader) checkDepth(parts int) {
	if r.depth+parts > tomlpos.MaxDepth {
		panic(limit{ErrTooDeep})
	}
}
