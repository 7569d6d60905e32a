package pyliteral

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// strings reads adjacent string literals as one value; Python does not join bytes with
// str. IsString reports whether there is one.
func (p *parser) strings() (value any, isString, ok bool) {
	var joined []byte
	var isBytes bool
	for {
		prefix, quote := p.stringStart()
		if quote == "" {
			break
		}
		bytes := strings.ContainsAny(prefix, "bB")
		if isString && bytes != isBytes || strings.ContainsAny(prefix, "fF") {
			return nil, true, false
		}
		isBytes, isString = bytes, true
		p.pos += len(prefix) + len(quote)
		body, ok := p.stringBody(quote)
		if !ok {
			return nil, true, false
		}
		if joined, ok = appendBody(joined, body, bytes, strings.ContainsAny(prefix, "rR")); !ok || !p.skip() {
			return nil, true, false
		}
	}
	if isBytes {
		return append([]byte{}, joined...), true, true
	}
	return string(joined), isString, isString
}

// stringStart returns the prefix and the quote with which the next string literal
// begins. Quote is empty if something else is next.
func (p *parser) stringStart() (prefix, quote string) {
	rest := p.text[p.pos:]
	n := 0
	for n < len(rest) && n < 3 && strings.IndexByte("rRbBuUfF", rest[n]) >= 0 {
		n++
	}
	switch strings.ToLower(rest[:n]) {
	case "", "r", "u", "b", "f", "br", "rb", "fr", "rf":
	default:
		return "", ""
	}
	for _, q := range []string{`"""`, `'''`, `"`, `'`} {
		if strings.HasPrefix(rest[n:], q) {
			return rest[:n], q
		}
	}
	return "", ""
}

// stringBody reads a string literal to its closing quote, and returns it without the
// quote.
func (p *parser) stringBody(quote string) (string, bool) {
	start := p.pos
	for p.pos < len(p.text) {
		switch {
		case p.text[p.pos] == '\\':
			p.pos++
			if p.pos < len(p.text) {
				p.pos++
			}
		case strings.HasPrefix(p.text[p.pos:], quote):
			p.pos += len(quote)
			return p.text[start : p.pos-len(quote)], true
		case len(quote) == 1 && p.atNewline():
			return "", false
		default:
			p.pos++
		}
	}
	return "", false
}

// newlines replaces line breaks: each is one \n in Python's source.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Unescape decodes text as Python's codec unicode_escape does: its bytes as Latin-1,
// and the escapes of a string literal. It reports false for a truncated escape, and
// for an unknown name.
func Unescape(text string) (string, bool) {
	latin := make([]rune, len(text))
	for i := range len(text) {
		latin[i] = rune(text[i])
	}
	out, ok := appendUnescaped(nil, string(latin), false)
	return string(out), ok
}

func appendBody(dst []byte, body string, bytes, raw bool) ([]byte, bool) {
	body = newlines.Replace(body)
	if bytes && strings.ContainsFunc(body, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil, false
	}
	if raw {
		return append(dst, body...), true
	}
	return appendUnescaped(dst, body, bytes)
}

func appendUnescaped(dst []byte, body string, bytes bool) ([]byte, bool) {
	for len(body) > 0 {
		i := strings.IndexByte(body, '\\')
		if i < 0 {
			return append(dst, body...), true
		}
		dst = append(dst, body[:i]...)
		n, ok := 0, false
		if dst, n, ok = appendEscape(dst, body[i+1:], bytes); !ok {
			return nil, false
		}
		body = body[i+1+n:]
	}
	return dst, true
}

var escapes = map[byte]byte{
	'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// appendEscape appends the character of an escape whose backslash precedes rest, and
// returns how many bytes of rest belong to the escape. An unknown escape keeps its
// backslash.
func appendEscape(dst []byte, rest string, bytes bool) ([]byte, int, bool) {
	if rest == "" {
		return nil, 0, false
	}
	c := rest[0]
	switch {
	case c == '\n':
		return dst, 1, true
	case c >= '0' && c <= '7':
		n := 1
		for n < 3 && n < len(rest) && rest[n] >= '0' && rest[n] <= '7' {
			n++
		}
		code, _ := strconv.ParseUint(rest[:n], 8, 16)
		return appendCode(dst, rune(code), bytes), n, true
	case c == 'x', !bytes && (c == 'u' || c == 'U'):
		return appendHex(dst, rest, bytes)
	case c == 'N' && !bytes:
		return appendNamed(dst, rest)
	}
	if char, ok := escapes[c]; ok {
		return append(dst, char), 1, true
	}
	return append(dst, '\\'), 0, true
}

// appendNamed appends the character of N{NAME}.
func appendNamed(dst []byte, rest string) ([]byte, int, bool) {
	name, _, closed := strings.Cut(strings.TrimPrefix(rest, "N{"), "}")
	r, ok := runeByName(name)
	if !closed || !ok || !strings.HasPrefix(rest, "N{") {
		return nil, 0, false
	}
	return utf8.AppendRune(dst, r), len("N{}") + len(name), true
}

func appendHex(dst []byte, rest string, bytes bool) ([]byte, int, bool) {
	n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[rest[0]]
	if len(rest) < 1+n || strings.ContainsAny(rest[1:1+n], "+-_") {
		return nil, 0, false
	}
	code, err := strconv.ParseUint(rest[1:1+n], 16, 32)
	if err != nil || code > utf8.MaxRune {
		return nil, 0, false
	}
	return appendCode(dst, rune(code), bytes), 1 + n, true
}

// appendCode appends a code as a byte or as a character, a surrogate as U+FFFD.
func appendCode(dst []byte, code rune, bytes bool) []byte {
	if bytes {
		return append(dst, byte(code))
	}
	if utf16.IsSurrogate(code) {
		code = utf8.RuneError
	}
	return utf8.AppendRune(dst, code)
}
