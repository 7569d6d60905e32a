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
	last  place          // where the last position was
}

// place is an offset with its line and its column, in characters. All begin at 0.
type place struct{ offset, line, column int }

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
	if first, ok := t.lines[name]; ok {
		return t.errorAt(at, "%w", errTwice(name, first))
	}
	t.lines[name], _ = t.position(at)
	return nil
}

func errTwice(name string, first int) error {
	return fmt.Errorf("duplicate name %q (first on line %d): remove one", name, first)
}

// errorAt returns an error with the position of an offset.
func (t *sourceText) errorAt(offset int, format string, args ...any) error {
	line, column := t.position(offset)
	return fmt.Errorf("%s:%d:%d: %w", t.label, line, column, fmt.Errorf(format, args...))
}

// position returns the line and the column of a byte offset, both from 1; the column
// is in characters. It is quick for offsets that do not decrease from call to call.
func (t *sourceText) position(offset int) (line, column int) {
	if offset = min(offset, len(t.data)); offset < t.last.offset {
		t.last = place{}
	}
	between := t.data[t.last.offset:offset]
	if newlines := bytes.Count(between, []byte("\n")); newlines > 0 {
		t.last.line += newlines
		t.last.column = 0
		between = between[bytes.LastIndexByte(between, '\n')+1:]
	}
	t.last.column += utf8.RuneCount(between)
	t.last.offset = offset
	return 1 + t.last.line, 1 + t.last.column
}
