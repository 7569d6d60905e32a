package tomlfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Error is all that is wrong with a file.
type Error struct {
	File     string // as given to [Open]
	Problems []Problem
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Node         tomlpos.NodeID // what it is about
	Key          string         // the same as TOML writes it, such as a.list[0]; empty for the whole file
	Start, End   int            // the place in bytes, end exclusive
	Line, Column int            // where that begins
	Message      string
	Hint         string // what to do about it
}

// Error has a line for each problem: file:line:column: message: hint.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s: %s", e.File, p.Line, p.Column, p.Message, p.Hint)
	}
	return strings.Join(lines, "\n")
}

// Problems are those of the [*Error] that an error is or wraps, if it does.
func Problems(err error) []Problem {
	var bad *Error
	if errors.As(err, &bad) {
		return bad.Problems
	}
	return nil
}

// Wrong reports a value. Neither text may quote it.
func (v Value) Wrong(message, hint string) {
	start, end := v.span()
	v.report(start, end, message, hint)
}

// WrongKey reports the key of a value.
func (v Value) WrongKey(message, hint string) {
	key, _ := v.file.doc.FirstKey(v.node)
	v.report(key.Start, key.End, message, hint)
}

func (v Value) report(start, end int, message, hint string) {
	at := v.file.doc.Position(start)
	v.file.problems = append(v.file.problems, Problem{v.node, v.Path(), start, end, at.Line, at.Column, message, hint})
}

// span is where a value stands; of a table with a header, its key.
func (v Value) span() (start, end int) {
	if value, ok := v.file.values[v.node]; ok {
		return value.Start, value.End
	}
	key, _ := v.file.doc.FirstKey(v.node)
	return key.Start, key.End
}

// Place is where a value stands, as file:line:column.
func (v Value) Position() string {
	start, _ := v.span()
	at := v.file.doc.Position(start)
	return fmt.Sprintf("%s:%d:%d", v.file.name, at.Line, at.Column)
}

// Path is the key of a value as TOML writes it, such as a."b c".list[0].
func (v Value) Path() string { return v.file.doc.Path(v.node) }
