package tomlpos

import "strings"

// String returns the string that a value means, without quotes and with its escapes
// resolved. For a value that is not a string it returns the text as written.
func (d *Document) String(v Value) string {
	if !v.Kind.IsString() {
		return d.Text[v.Start:v.End]
	}
	if d.strings != nil {
		return d.strings[v.Start]
	}
	return decode(v.Kind, d.Text[v.Start:v.End])
}

// decode returns what a string that was scanned as the given kind means.
func decode(kind Kind, raw string) string {
	switch kind {
	case LiteralString:
		return raw[1 : len(raw)-1]
	case MultilineLiteral:
		return trimNewline(raw[3 : len(raw)-3])
	case MultilineString:
		return unescape(trimNewline(raw[3 : len(raw)-3]))
	}
	return unescape(raw[1 : len(raw)-1])
}

// trimNewline drops the newline right after the opening quotes.
func trimNewline(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(s, "\r"), "\n")
}

func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = unescapeOne(&b, s[i+1:])
		i = strings.IndexByte(s, '\\')
	}
	b.WriteString(s)
	return b.String()
}

// letterEscapes are the escapes of one character.
var letterEscapes = map[byte]byte{'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r', '"': '"', '\\': '\\'}

// unescapeOne writes what an escape means, given the text after its backslash, and
// returns the text after the escape.
func unescapeOne(b *strings.Builder, s string) string {
	digits := 4
	switch s[0] {
	case ' ', '\t', '\n', '\r':
		return strings.TrimLeft(s, " \t\r\n")
	case 'u':
	case 'U':
		digits = 8
	default:
		b.WriteByte(letterEscapes[s[0]])
		return s[1:]
	}
	r, _ := hex(s[1:], digits)
	b.WriteRune(rune(r))
	return s[1+digits:]
}
