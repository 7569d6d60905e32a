package sync

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
)

// sourceText is the text of a source, with the names that were read from it.
type sourceText struct {
	label string
	data  []byte
	lines map[string]int // the line of each name

	scanned, newlines int // data[:scanned] has so many newlines
}

func newSourceText(label string, data []byte) sourceText {
	return sourceText{label: label, data: data, lines: map[string]int{}}
}

// checkEncoding returns an error for the first byte that is not UTF-8.
func (t *sourceText) checkEncoding() error {
	if utf8.Valid(t.data) {
		return nil
	}
	at := 0
	for at < len(t.data) {
		r, size := utf8.DecodeRune(t.data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return t.errorAt(at, "invalid UTF-8: save the file as UTF-8")
}

// checkName returns an error for a name that no store takes, or that has come before.
func (t *sourceText) checkName(name string, at int) error {
	if err := secretname.Check(name); err != nil {
		return t.errorAt(at, "%w", err)
	}
	line := t.lineAt(at)
	if first, ok := t.lines[name]; ok {
		return t.errorAt(at, "the name %q stands a second time, after line %d: remove one", name, first)
	}
	t.lines[name] = line
	return nil
}

// lineAt returns the line of an offset, from 1. Offsets must not decrease from call to
// call.
func (t *sourceText) lineAt(at int) int {
	t.newlines += bytes.Count(t.data[t.scanned:at], []byte("\n"))
	t.scanned = at
	return 1 + t.newlines
}

// errorAt returns an error with the position of an offset.
func (t *sourceText) errorAt(offset int, format string, args ...any) error {
	line, column := position(t.data, offset)
	return fmt.Errorf("%s:%d:%d: %w", t.label, line, column, fmt.Errorf(format, args...))
}

// position returns the line and the column of a byte offset, both from 1; the column is
// in characters.
func position(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	line = 1 + bytes.Count(before, []byte("\n"))
	column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return line, column
}
