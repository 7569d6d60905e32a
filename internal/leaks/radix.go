package leaks

import "unicode/utf8"

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

// base64Decode decodes every run of base64 digits, of either alphabet, also from
// its second, third and fourth digit on: what is encoded may begin there.
func base64Decode(text []byte) []byte {
	if joined := joinLines(text); joined != nil {
		text = joined
	}
	return radix{digits: &base64Digit, bits: 6, starts: 4, between: &[256]bool{}}.decode(text)
}

// betweenHex may stand between the digits of bytes.
var betweenHex = [256]bool{':': true, '-': true, ' ': true, '\t': true, '\n': true, '\r': true}

// hexDecode decodes every run of hexadecimal digits, also from its second digit
// on, with what may stand between them.
func hexDecode(text []byte) []byte {
	return radix{digits: &hexDigit, bits: 4, starts: 2, between: &betweenHex}.decode(text)
}

// radix is a way to write bits as digits.
type radix struct {
	digits  *[256]int
	bits    int        // of one digit
	starts  int        // how many digits it takes until a byte begins with one again
	between *[256]bool // what may stand between digits
}

// decode collects the texts in all runs of digits, nil if there are none.
func (x radix) decode(text []byte) (out []byte) {
	for len(text) > 0 {
		n := x.runLen(text)
		if n*x.bits >= minAnyhow*8 {
			out = x.appendRun(out, text[:n])
		}
		text = text[max(n, 1):]
	}
	return out
}

func (x radix) runLen(text []byte) int {
	n := 0
	for n < len(text) && (x.digits[text[n]] >= 0 || x.between[text[n]]) {
		n++
	}
	return n
}

// appendRun appends the texts in a run from each digit on that may begin a byte.
func (x radix) appendRun(out, run []byte) []byte {
	values := make([]byte, 0, len(run))
	for _, c := range run {
		if value := x.digits[c]; value >= 0 {
			values = append(values, byte(value))
		}
	}
	for start := range min(x.starts, len(values)) {
		out = appendTexts(out, x.bytes(values[start:]))
	}
	return out
}

// bytes leaves away the bits at the end that fill no byte.
func (x radix) bytes(values []byte) []byte {
	out := make([]byte, 0, len(values)*x.bits/8)
	sum, have := 0, 0
	for _, value := range values {
		sum, have = sum<<x.bits|int(value), have+x.bits
		if have >= 8 {
			have -= 8
			out = append(out, byte(sum>>have))
			sum &= 1<<have - 1
		}
	}
	return out
}

// appendTexts appends the parts of b that are UTF-8, as every value is, and long
// enough to hold one, each with a zero byte after it. What is no text is most of
// what words that are not encoded decode to.
func appendTexts(out, b []byte) []byte {
	for len(b) > 0 {
		n := textLen(b)
		if n >= minAnyhow {
			out = append(append(out, b[:n]...), 0)
		}
		b = b[max(n, 1):]
	}
	return out
}

// textLen is how much of b is UTF-8 from its start on.
func textLen(b []byte) int {
	n := 0
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}
