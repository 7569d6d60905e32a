package tomlfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Error is the error of a file with problems.
type Error struct {
	File     string // as given to [Open]
	Problems []Problem
}

// Problem is a problem of one value in a file.
type Problem struct {
	Node         tomlpos.NodeID // of the value
	Key          string         // of the value, such as a.list[0]; empty for the file itself
	Start, End   int            // byte offsets, End exclusive
	Line, Column int            // of Start
	Message      string
	Hint         string // what to do about it
}

// Error returns a line for each problem: file:line:column: message: hint.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s: %s", e.File, p.Line, p.Column, p.Message, p.Hint)
	}
	return strings.Join(lines, "\n")
}

// Problems returns the problems of the [*Error] that err is or wraps, nil for any other
// error.
func Problems(err error) []Problem {
	var e *Error
	if errors.As(err, &e) {
		return e.Problems
	}
	return nil
}

// Wrong reports a problem at a value. Neither message nor hint may quote the value.
func (v Value) Wrong(message, hint string) {
	start, end := v.span()
	v.report(start, end, message, hint)
}

// WrongKey reports a problem at the key of a value.
func (v Value) WrongKey(message, hint string) {
	key, _ := v.file.doc.FirstKey(v.node)
	v.report(key.Start, key.End, message, hint)
}

func (v Value) report(start, end int, message, hint string) {
	pos := v.file.doc.Position(start)
	v.file.problems = append(v.file.problems, Problem{v.node, v.Path(), start, end, pos.Line, pos.Column, message, hint})
}

// span returns the offsets of a value; for a table with a header, those of its key.
func (v Value) span() (start, end int) {
	if value, ok := v.file.values[v.node]; ok {
		return value.Start, value.End
	}
	key, _ := v.file.doc.FirstKey(v.node)
	return key.Start, key.End
}

// Position returns the position of a value as file:line:column.
func (v Value) Position() string {
	start, _ := v.span()
	pos := v.file.doc.Position(start)
	return fmt.Sprintf("%s:%d:%d", v.file.name, pos.Line, pos.Column)
}

// Path returns the key of a value as TOML writes it, such as a."b c".list[0].
func (v Value) Path() string { return v.file.doc.Path(v.node) }
