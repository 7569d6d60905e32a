package leaks

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes the escapes of strings in JSON, Go, Python and JavaScript,
// leaving what is none of them.
func unescape(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 {
		return nil
	}
	return replaceEscapes(text, utf8.AppendRune)
}

// unescapeBytes is unescape for strings of bytes, in which \xc3\xa4 is one
// character and not two.
func unescapeBytes(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\x`)) {
		return nil
	}
	return replaceEscapes(text, func(out []byte, r rune) []byte { return append(out, byte(r)) })
}

// replaceEscapes gives what an \x escape stands for to appendX.
func replaceEscapes(text []byte, appendX func([]byte, rune) []byte) []byte {
	out := make([]byte, 0, len(text))
	for {
		plain, _, found := bytes.Cut(text, []byte{'\\'})
		out, text = append(out, plain...), text[len(plain):]
		if !found {
			return out
		}
		r, n := escaped(text)
		switch {
		case n == 0:
			out, n = append(out, '\\'), 1
		case text[1] == 'x':
			out = appendX(out, r)
		default:
			out = utf8.AppendRune(out, r)
		}
		text = text[n:]
	}
}

// letters are what escapes of one letter stand for.
var letters = [256]rune{
	'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'a': '\a', 'v': '\v',
	'"': '"', '\'': '\'', '\\': '\\', '/': '/', '`': '`',
}

// codeDigits are how many hexadecimal digits follow a letter.
var codeDigits = [256]int{'x': 2, 'u': 4, 'U': 8}

// escaped is the character at the start of b and the length of its escape, or 0
// if there is none.
func escaped(b []byte) (rune, int) {
	if len(b) < 2 || b[0] != '\\' {
		return 0, 0
	}
	if r := letters[b[1]]; r != 0 {
		return r, 2
	}
	r, n := escapedCode(b)
	if n == 6 && utf16.IsSurrogate(r) && len(b) > n {
		if low, m := escapedCode(b[n:]); m == 6 && utf16.DecodeRune(r, low) != utf8.RuneError {
			return utf16.DecodeRune(r, low), n + m
		}
	}
	return r, n
}

// escapedCode is escaped for \xNN, \uNNNN and \UNNNNNNNN.
func escapedCode(b []byte) (rune, int) {
	if len(b) < 2 || b[0] != '\\' || codeDigits[b[1]] == 0 || len(b) < 2+codeDigits[b[1]] {
		return 0, 0
	}
	n := 2 + codeDigits[b[1]]
	r := rune(0)
	for _, c := range b[2:n] {
		if hexDigit[c] < 0 {
			return 0, 0
		}
		r = r<<4 | rune(hexDigit[c])
	}
	return r, n
}

// percentDecode decodes %NN, leaving what is none.
func percentDecode(text []byte) []byte {
	if bytes.IndexByte(text, '%') < 0 {
		return nil
	}
	out := make([]byte, 0, len(text))
	for {
		plain, rest, found := bytes.Cut(text, []byte{'%'})
		out = append(out, plain...)
		switch {
		case !found:
			return out
		case len(rest) >= 2 && hexDigit[rest[0]] >= 0 && hexDigit[rest[1]] >= 0:
			out = append(out, byte(hexDigit[rest[0]]<<4|hexDigit[rest[1]]))
			text = rest[2:]
		default:
			out = append(out, '%')
			text = rest
		}
	}
}

// queryDecode is percentDecode for the query of a URL, where + is a blank.
func queryDecode(text []byte) []byte {
	if bytes.IndexByte(text, '+') < 0 {
		return nil
	}
	blank := bytes.ReplaceAll(text, []byte("+"), []byte(" "))
	if decoded := percentDecode(blank); decoded != nil {
		return decoded
	}
	return blank
}
