// Package notebook reads the Python of a Jupyter notebook: [Read] puts the code of its
// cells below one another, and knows where each line of that stands in the file.
//
// It takes time in proportion to the file, and its error never quotes it.
package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Notebook is the code of a notebook. For a notebook in another language than Python
// it is empty.
type Notebook struct {
	// Source is the cells, each below a line that is a comment.
	Source string
	lines  []line // of Source
}

// line is where a line of the code stands.
type line struct {
	raw    []byte // the rest of its JSON string, from its first character
	line   int    // in the file, from 1
	column int    // of raw, in code points, from 1
}

// ErrSyntax means that a file is not a notebook.
var ErrSyntax = errors.New("the file is not a notebook, which is JSON")

// Read reads a notebook. cellMark is the line to put above each cell.
func Read(text []byte, cellMark string) (*Notebook, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	r := reader{text: text, mark: cellMark, at: position{line: 1, column: 1}, decoder: json.NewDecoder(bytes.NewReader(text))}
	if err := r.read(); err != nil {
		return nil, ErrSyntax
	}
	if r.language != "" && !strings.Contains(strings.ToLower(r.language), "python") {
		return &Notebook{}, nil
	}
	return &Notebook{Source: r.source.String(), lines: r.lines}, nil
}

// Position returns the line and the column in the file of those of the source. All
// count from 1, columns in code points.
func (n *Notebook) Position(lineNumber, column int) (fileLine, fileColumn int) {
	if len(n.lines) == 0 {
		return 1, 1
	}
	l := n.lines[max(0, min(lineNumber-1, len(n.lines)-1))]
	raw, at := l.raw, l.column
	for ; column > 1 && len(raw) > 0; column-- {
		bytes, points := characterLength(raw)
		raw, at = raw[min(bytes, len(raw)):], at+points
	}
	return l.line, at
}

// characterLength returns how many bytes and code points of a JSON string stand for
// its first character.
func characterLength(raw []byte) (length, points int) {
	switch {
	case raw[0] != '\\':
		n := 1
		for n < len(raw) && raw[n]&0xc0 == 0x80 {
			n++
		}
		return n, 1
	case len(raw) > 1 && raw[1] == 'u':
		if len(raw) > 7 && strings.ContainsRune("dD", rune(raw[2])) && raw[6] == '\\' && raw[7] == 'u' {
			return 12, 12 // a surrogate pair
		}
		return 6, 6
	}
	return 2, 2
}

// reader reads the tokens of the JSON.
type reader struct {
	text     []byte
	mark     string
	decoder  *json.Decoder
	stack    []container
	at       position
	cell     cell
	language string
	source   strings.Builder
	lines    []line
}

// position is a place in the file that was reached.
type position struct{ offset, line, column int }

// container is an object or an array that is open.
type container struct {
	object bool
	key    string // of the value that is next
	isKey  bool   // the next token is a key
}

// cell is a cell that is read.
type cell struct {
	code  bool
	texts []piece
}

// piece is a JSON string of a cell's source.
type piece struct {
	text string
	raw  []byte // without its quotes
	at   position
}

func (r *reader) read() error {
	for {
		before := int(r.decoder.InputOffset())
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) && len(r.stack) == 0 && before > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		r.accept(token, before)
	}
}

// accept takes the next token. before is where the one before it ended.
func (r *reader) accept(token json.Token, before int) {
	switch delimiter, ok := token.(json.Delim); {
	case ok && (delimiter == '{' || delimiter == '['):
		r.stack = append(r.stack, container{object: delimiter == '{', isKey: delimiter == '{'})
		return
	case ok:
		if delimiter == '}' && r.isCell() {
			r.endCell()
		}
		r.stack = r.stack[:len(r.stack)-1]
	case r.acceptKey(token):
		return
	default:
		r.value(token, before)
	}
	if n := len(r.stack); n > 0 {
		r.stack[n-1].isKey = r.stack[n-1].object
	}
}

// acceptKey takes a token that is the key of an object.
func (r *reader) acceptKey(token json.Token) bool {
	n := len(r.stack)
	if n == 0 || !r.stack[n-1].isKey {
		return false
	}
	r.stack[n-1].key, _ = token.(string)
	r.stack[n-1].isKey = false
	return true
}

// path returns the keys that lead to the current value, - for an array.
func (r *reader) path() string {
	if len(r.stack) > 6 { // deeper than anything that is looked for
		return ""
	}
	var keys []string
	for _, c := range r.stack {
		if c.object {
			keys = append(keys, c.key)
		} else {
			keys = append(keys, "-")
		}
	}
	return strings.Join(keys, "/")
}

// isCell reports whether the innermost container is a cell. Up to version 3 of the
// format, cells are below worksheets.
func (r *reader) isCell() bool {
	n := len(r.stack)
	return (n == 3 || n == 5) && r.stack[n-3].object && r.stack[n-3].key == "cells" && !r.stack[n-2].object
}

func (r *reader) value(token json.Token, before int) {
	text, ok := token.(string)
	if !ok {
		return
	}
	switch path := strings.TrimPrefix(r.path(), "worksheets/-/"); path {
	case "metadata/kernelspec/language", "metadata/language_info/name":
		r.language = text
	case "cells/-/cell_type":
		r.cell.code = text == "code"
	case "cells/-/source", "cells/-/source/-", "cells/-/input", "cells/-/input/-":
		start := before + bytes.IndexByte(r.text[before:], '"') + 1
		r.advance(start)
		r.cell.texts = append(r.cell.texts, piece{text, r.text[start : int(r.decoder.InputOffset())-1], r.at})
	}
}

// advance moves the position to an offset behind it.
func (r *reader) advance(offset int) {
	for _, c := range r.text[r.at.offset:offset] {
		switch {
		case c == '\n':
			r.at.line++
			r.at.column = 1
		case c&0xc0 != 0x80:
			r.at.column++
		}
	}
	r.at.offset = offset
}

// endCell adds a cell to the source.
func (r *reader) endCell() {
	c := r.cell
	r.cell = cell{}
	if !c.code || len(c.texts) == 0 {
		return
	}
	first := c.texts[0]
	r.lines = append(r.lines, line{nil, first.at.line, first.at.column})
	r.source.WriteString(r.mark + "\n")
	begins, indentation := true, indentationOf(c.texts)
	for _, p := range c.texts {
		begins = r.addPiece(p, begins, indentation)
	}
	if !begins {
		r.source.WriteString("\n")
	}
}

// indentationOf returns the spaces and tabs that the first line of a cell that is
// not empty begins with, which IPython takes away from each of its lines.
func indentationOf(texts []piece) string {
	for _, p := range texts {
		for _, text := range strings.SplitAfter(p.text, "\n") {
			if strings.TrimSpace(text) != "" {
				return text[:len(text)-len(strings.TrimLeft(text, " \t"))]
			}
		}
	}
	return ""
}

// addPiece adds a string of a cell. begins reports that it begins a line; it returns
// whether the next one does.
func (r *reader) addPiece(p piece, begins bool, indentation string) bool {
	at := line{p.raw, p.at.line, p.at.column}
	for _, text := range strings.SplitAfter(p.text, "\n") {
		if begins && len(text) > len(indentation) && strings.HasPrefix(text, indentation) {
			text = text[len(indentation):]
			at.skip(len(indentation))
		}
		r.source.WriteString(text)
		if begins && len(at.raw) > 0 {
			r.lines = append(r.lines, at)
		}
		if len(at.raw) > 0 {
			begins = at.skip(len(at.raw))
		}
	}
	return begins
}

// skip moves behind a number of characters, or behind the end of the line, and
// reports whether that was reached.
func (l *line) skip(characters int) (ended bool) {
	for ; !ended && characters > 0 && len(l.raw) > 0; characters-- {
		length, points := characterLength(l.raw)
		ended = length == 2 && l.raw[1] == 'n' || bytes.HasPrefix(l.raw, []byte(`\u000a`)) || bytes.HasPrefix(l.raw, []byte(`\u000A`))
		l.raw, l.column = l.raw[min(length, len(l.raw)):], l.column+points
	}
	return ended
}
