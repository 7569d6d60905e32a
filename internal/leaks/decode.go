package leaks

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes the escapes of JSON, Go and Python strings, leaving what is
// none of them.
func unescape(text []byte) []byte {
	if !bytes.ContainsRune(text, '\\') {
		return nil
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, n := escaped(text[i:])
		if n == 0 {
			out = append(out, text[i])
			i++
			continue
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out
}

// simple are the escapes of one letter.
var simple = map[byte]rune{
	'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'a': '\a', 'v': '\v',
	'"': '"', '\'': '\'', '\\': '\\', '/': '/', '`': '`',
}

// escaped is the character at the start of b and the length of its escape, or 0
// if there is none.
func escaped(b []byte) (rune, int) {
	if len(b) < 2 || b[0] != '\\' {
		return 0, 0
	}
	if r, ok := simple[b[1]]; ok {
		return r, 2
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[b[1]]
	if digits == 0 || len(b) < 2+digits {
		return 0, 0
	}
	code, err := strconv.ParseUint(string(b[2:2+digits]), 16, 32)
	if err != nil {
		return 0, 0
	}
	r := rune(code)
	if utf16.IsSurrogate(r) && b[1] == 'u' && len(b) > 6 && b[6] == '\\' {
		if low, n := escaped(b[6:]); n == 6 {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
	}
	return r, 2 + digits
}

// percentDecode decodes %XX, leaving what is none.
func percentDecode(text []byte) []byte {
	if !bytes.ContainsRune(text, '%') {
		return nil
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) && hexDigit[text[i+1]] >= 0 && hexDigit[text[i+2]] >= 0 {
			out = append(out, byte(hexDigit[text[i+1]]<<4|hexDigit[text[i+2]]))
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return out
}

// plusDecode is percentDecode for the query of a URL, where + is a blank.
func plusDecode(text []byte) []byte {
	if !bytes.ContainsRune(text, '+') {
		return nil
	}
	blank := bytes.ReplaceAll(text, []byte("+"), []byte(" "))
	if decoded := percentDecode(blank); decoded != nil {
		return decoded
	}
	return blank
}

func squeezed(text []byte) []byte {
	if !bytes.ContainsFunc(text, unicode.IsSpace) {
		return nil
	}
	return []byte(squeeze(string(text)))
}

// Values of digits; -1 for what is no digit.
var (
	hexDigit    = digits("0123456789abcdef", "0123456789ABCDEF")
	base64Digit = digits(
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	)
)

func digits(alphabets ...string) (table [256]int) {
	for i := range table {
		table[i] = -1
	}
	for _, alphabet := range alphabets {
		for value := range len(alphabet) {
			table[alphabet[value]] = value
		}
	}
	return table
}

// base64Decode decodes every run of base64 digits, of either alphabet, from its
// digit number skip on. A run that is too short to hold a text is passed over,
// and a blank stands between two runs.
func base64Decode(text []byte, skip int) []byte {
	return decodeRuns(text, &base64Digit, skip, 6, func(byte) bool { return false })
}

// hexDecode decodes every run of hexadecimal digits, from its digit number skip
// on; colons and dashes in it do not count.
func hexDecode(text []byte, skip int) []byte {
	return decodeRuns(text, &hexDigit, skip, 4, func(c byte) bool { return c == ':' || c == '-' })
}

// decodeRuns collects the bits of the digits of each run, bits from each.
func decodeRuns(text []byte, table *[256]int, skip, bits int, ignored func(byte) bool) []byte {
	shortest := minAnywhere * 8 / bits
	var out []byte
	for i := 0; i < len(text); i++ {
		end := i
		for end < len(text) && (table[text[end]] >= 0 || ignored(text[end])) {
			end++
		}
		if end-i >= shortest {
			out = append(decodeRun(out, text[i:end], table, skip, bits), ' ')
		}
		i = max(i, end)
	}
	return out
}

func decodeRun(out, run []byte, table *[256]int, skip, bits int) []byte {
	sum, have := 0, 0
	for _, c := range run {
		digit := table[c]
		switch {
		case digit < 0:
			continue
		case skip > 0:
			skip--
			continue
		}
		sum, have = sum<<bits|digit, have+bits
		if have >= 8 {
			have -= 8
			out = append(out, byte(sum>>have))
			sum &= 1<<have - 1
		}
	}
	return out
}
