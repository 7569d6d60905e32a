package graphql

import "bytes"

// cursor walks JSON text that is known to be valid, once and in order, so that
// coercion by a type costs the length of the text however deep it nests.
type cursor struct {
	b []byte
	i int
}

// kind skips white space and returns the first byte of the next token.
func (c *cursor) kind() byte {
	for {
		switch b := c.b[c.i]; b {
		case ' ', '\t', '\n', '\r':
			c.i++
		default:
			return b
		}
	}
}

// skip steps over the next value and returns its text.
func (c *cursor) skip() []byte {
	first := c.kind()
	start, depth := c.i, 0
	switch first {
	case '"':
		c.stringSpan()
		return c.b[start:c.i]
	case '{', '[':
	default:
		c.i += scalarLength(c.b[start:])
		return c.b[start:c.i]
	}
	for {
		switch c.b[c.i] {
		case '"':
			c.stringSpan()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.i++
		if depth == 0 {
			return c.b[start:c.i]
		}
	}
}

func scalarLength(b []byte) int {
	if n := bytes.IndexAny(b, ",]} \t\r\n"); n >= 0 {
		return n
	}
	return len(b)
}

// stringSpan steps over a string and returns what is between its quotes.
func (c *cursor) stringSpan() []byte {
	c.i++
	start := c.i
	for c.b[c.i] != '"' {
		if c.b[c.i] == '\\' {
			c.i++
		}
		c.i++
	}
	c.i++
	return c.b[start : c.i-1]
}

// members calls f at each value of an object, which f must step over.
func (c *cursor) members(f func(key string)) {
	c.i++
	for c.kind() != '}' {
		if c.b[c.i] == ',' {
			c.i++
			c.kind()
		}
		key, _ := unquote(c.stringSpan())
		c.kind()
		c.i++
		f(key)
	}
	c.i++
}

// elements calls f at each value of an array, which f must step over.
func (c *cursor) elements(f func(index int)) {
	c.i++
	for n := 0; c.kind() != ']'; n++ {
		if c.b[c.i] == ',' {
			c.i++
		}
		f(n)
	}
	c.i++
}
