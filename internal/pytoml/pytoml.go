// Package pytoml reads a configuration as Python's toml 0.10.2 does, the parser
// inside every Prefect release. That parser is not a real TOML parser: it looks for
// quotes, brackets and equals signs line by line, and so refuses or misreads some
// valid files. This package takes the same steps, as the parser's source and its
// behaviour show them, and so makes the same mistakes. Python names and line numbers
// in comments are those of
// https://github.com/uiri/toml/blob/0.10.2/toml/decoder.py.
package pytoml

import (
	"errors"
	"strconv"
	"strings"
)

// Table is a table. Its values are bool, string, Int, float64, Time, *List or Table.
type Table map[string]any

// List is an array. Its items are of the types of a Table's values.
type List struct{ Items []any }

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

// Error means that the parser refuses the text. Offset counts characters; it is the
// start of the line that the parser was reading, or in its first pass the character.
type Error struct {
	Offset int
	Class  string // of the exception in Python
	Reason string // Python's message, without what it quotes; may be empty
}

func (e *Error) Error() string { return strings.TrimSuffix(e.Class+": "+e.Reason, ": ") }

// ErrTooLong means that reading would take more than maxSteps steps. It does not mean
// that the parser refuses the text.
var ErrTooLong = errors.New("too many steps")

// maxSteps bounds the cost of a text, in characters read. Python's parser is quadratic
// in the length of a line.
const maxSteps = 64 << 20

// maxDepth is about how deep values nest before Python raises RecursionError.
const maxDepth = 300

// Read reads a text. The error is an *Error, or ErrTooLong.
func Read(text string) (table Table, err error) {
	r := &reader{}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case refusal:
			table, err = nil, &Error{Offset: r.pos, Class: p.class, Reason: p.reason}
		case tooLong:
			table, err = nil, ErrTooLong
		default:
			panic(p)
		}
	}()
	return r.read(text), nil
}

// refusal is the panic that ends the reading. Whichever exception Python raises,
// import prefect fails with it.
type refusal struct{ class, reason string }

type tooLong struct{}

// refuse raises the parser's own exception, and raise one that it does not catch.
func refuse(reason string) { panic(refusal{"TomlDecodeError", reason}) }

func raise(class string) { panic(refusal{class: class}) }

const indexError = "IndexError"

// reader is the state of reading one text.
type reader struct {
	pos   int // for errors, in characters
	steps int
	depth int

	root     Table
	table    any      // the table that the next key goes into
	implicit []string // names of tables that only a longer header has created

	// The value that continues on the next line, if key is not nil.
	key        *string
	value      []byte
	hasNewline bool // value holds one
	backslash  bool // the last line ended in one
}

// cost adds n steps.
func (r *reader) cost(n int) {
	if r.steps += n; r.steps > maxSteps {
		panic(tooLong{})
	}
}

func (r *reader) read(text string) Table {
	s := &scanner{text: []rune(text), atLineStart: true}
	s.run(r)
	r.root = Table{}
	r.table = r.root
	r.readLines(string(s.text))
	return r.root
}
