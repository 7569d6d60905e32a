package graphql

import "bytes"

// cursor reads JSON that is known to be valid, once and in order, so that coercion
// by a type costs the length of the text however deep it nests.
type cursor struct {
	text []byte
	pos  int
}

// peek skips white space and returns the first byte of the next token.
func (c *cursor) peek() byte {
	for {
		switch b := c.text[c.pos]; b {
		case ' ', '\t', '\n', '\r':
			c.pos++
		default:
			return b
		}
	}
}

// skip skips the next value and returns its text.
func (c *cursor) skip() []byte {
	first := c.peek()
	start, depth := c.pos, 0
	switch first {
	case '"':
		c.stringSpan()
		return c.text[start:c.pos]
	case '{', '[':
	default:
		c.pos += scalarLength(c.text[start:])
		return c.text[start:c.pos]
	}
	for {
		switch c.text[c.pos] {
		case '"':
			c.stringSpan()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.pos++
		if depth == 0 {
			return c.text[start:c.pos]
		}
	}
}

func scalarLength(b []byte) int {
	if n := bytes.IndexAny(b, ",]} \t\r\n"); n >= 0 {
		return n
	}
	return len(b)
}

// stringSpan skips a string and returns what is between its quotes.
func (c *cursor) stringSpan() []byte {
	c.pos++
	start := c.pos
	for c.text[c.pos] != '"' {
		if c.text[c.pos] == '\\' {
			c.pos++
		}
		c.pos++
	}
	c.pos++
	return c.text[start : c.pos-1]
}

// members calls f at each value of an object; f must read or skip the value.
func (c *cursor) members(f func(key string)) {
	c.pos++
	for c.peek() != '}' {
		if c.text[c.pos] == ',' {
			c.pos++
			c.peek()
		}
		key, _ := unquote(c.stringSpan())
		c.peek()
		c.pos++
		f(key)
	}
	c.pos++
}

// elements calls f at each value of an array; f must read or skip the value.
func (c *cursor) elements(f func(index int)) {
	c.pos++
	for n := 0; c.peek() != ']'; n++ {
		if c.text[c.pos] == ',' {
			c.pos++
		}
		f(n)
	}
	c.pos++
}
