// Package pytoml reads a configuration as Python's toml 0.10.2 does, the parser
// inside every Prefect release. That parser is no parser of TOML: it looks for
// quotes, brackets and equals signs line by line, and so refuses or misreads some
// of what is valid. This package takes the same steps, as its source and its
// behaviour show them, and so arrives at the same mistakes.
package pytoml

import (
	"errors"
	"strconv"
	"strings"
)

// Table is a table: text to bool, string, Int, float64, Time, *List or Table.
type Table map[string]any

// List is an array of anything that a Table holds.
type List struct{ Items []any }

// Int is an integer of any size, in decimal.
type Int string

// IntOf is n as an Int.
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

// Error means that the parser refuses the text. Offset is where the line begins
// that it was reading, or the character that it had come to, in characters.
type Error struct {
	Offset int
	Class  string // of the exception in Python
	Reason string // as Python words it, without the text; may be empty
}

func (e *Error) Error() string { return strings.TrimSuffix(e.Class+": "+e.Reason, ": ") }

// ErrTooLong means that the parser would take more steps than are worth waiting
// for. It says nothing about the text.
var ErrTooLong = errors.New("too many steps")

// maxSteps bounds what a text may cost, in characters looked at. The parser itself
// is quadratic in the length of a line.
const maxSteps = 64 << 20

// maxDepth is how deep values nest before Python runs out of stack, about.
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

// refusal ends the reading: whatever Python raises, import prefect fails with it.
type refusal struct{ class, reason string }

type tooLong struct{}

// refuse is the parser's own error, and raise one that it did not think of.
func refuse(reason string) { panic(refusal{"TomlDecodeError", reason}) }

func raise(class string) { panic(refusal{class: class}) }

const indexError = "IndexError"

// reader is the state of one reading.
type reader struct {
	pos   int // where it is, for errors
	steps int
	depth int

	root     Table
	table    any      // the table that the next key goes into
	implicit []string // names of tables that only a longer header has made

	key        *string // whose value goes on over lines
	value      []byte
	hasNewline bool // value holds the end of a line
	backslash  bool // the last line ended in one
}

func (r *reader) cost(n int) {
	if r.steps += n; r.steps > maxSteps {
		panic(tooLong{})
	}
}

func (r *reader) read(text string) Table {
	s := newScanner([]rune(text))
	s.run(r)
	r.root = Table{}
	r.table = r.root
	r.readLines(string(s.text))
	return r.root
}
