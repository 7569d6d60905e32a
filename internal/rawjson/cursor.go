// Package rawjson reads and writes JSON without decoding it: it splits valid JSON into
// its parts, at the cost of its length, and writes strings in one form.
package rawjson

import (
	"bytes"
	"encoding/json"
)

// Cursor reads JSON that is known to be valid, once and in order, so that it costs the
// length of the JSON however deep that nests. The zero Pos is the beginning.
type Cursor struct {
	Text []byte
	Pos  int
}

// Peek skips white space and returns the first byte of the next token.
func (c *Cursor) Peek() byte {
	for {
		switch b := c.Text[c.Pos]; b {
		case ' ', '\t', '\n', '\r':
			c.Pos++
		default:
			return b
		}
	}
}

// Skip skips the next value and returns its text.
func (c *Cursor) Skip() []byte {
	first := c.Peek()
	start, depth := c.Pos, 0
	switch first {
	case '"':
		c.String()
		return c.Text[start:c.Pos]
	case '{', '[':
	default:
		c.Pos += scalarLength(c.Text[start:])
		return c.Text[start:c.Pos]
	}
	for {
		switch c.Text[c.Pos] {
		case '"':
			c.String()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.Pos++
		if depth == 0 {
			return c.Text[start:c.Pos]
		}
	}
}

func scalarLength(b []byte) int {
	if n := bytes.IndexAny(b, ",]} \t\r\n"); n >= 0 {
		return n
	}
	return len(b)
}

// String skips a string and returns what is between its quotes.
func (c *Cursor) String() []byte {
	c.Pos++
	start := c.Pos
	for c.Text[c.Pos] != '"' {
		if c.Text[c.Pos] == '\\' {
			c.Pos++
		}
		c.Pos++
	}
	c.Pos++
	return c.Text[start : c.Pos-1]
}

// Members calls f at each value of an object; f must read or skip the value.
func (c *Cursor) Members(f func(key []byte)) {
	c.Pos++
	for c.Peek() != '}' {
		if c.Text[c.Pos] == ',' {
			c.Pos++
			c.Peek()
		}
		key := unquoted(c.String())
		c.Peek()
		c.Pos++
		f(key)
	}
	c.Pos++
}

// Elements calls f at each value of an array; f must read or skip the value.
func (c *Cursor) Elements(f func(index int)) {
	c.Pos++
	for n := 0; c.Peek() != ']'; n++ {
		if c.Text[c.Pos] == ',' {
			c.Pos++
		}
		f(n)
	}
	c.Pos++
}

// unquoted is [Unquote] without a copy where nothing is escaped.
func unquoted(span []byte) []byte {
	if bytes.IndexByte(span, '\\') < 0 {
		return span
	}
	key, _ := Unquote(span)
	return []byte(key)
}

// Members calls f for each member of a JSON object, in order. It reports false, and
// does not call f, if text is not a JSON object.
func Members(text []byte, f func(key []byte, value json.RawMessage)) bool {
	c := Cursor{Text: text}
	if !json.Valid(text) || c.Peek() != '{' {
		return false
	}
	c.Members(func(key []byte) { f(key, c.Skip()) })
	return true
}

// Elements splits a JSON list into its elements and returns the first ones, at most
// limit. It reports false if text is not a JSON list.
func Elements(text []byte, limit int) (out []json.RawMessage, ok bool) {
	c := Cursor{Text: text}
	if !json.Valid(text) || c.Peek() != '[' {
		return nil, false
	}
	c.Elements(func(i int) {
		if element := c.Skip(); i < limit {
			out = append(out, element)
		}
	})
	return out, true
}
