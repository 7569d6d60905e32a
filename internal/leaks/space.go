package leaks

import "bytes"

const (
	lineBreaks = "\n\r"
	space      = " \t\n\v\f\r"
)

var isSpace = func() (table [256]bool) {
	for _, c := range []byte(space) {
		table[c] = true
	}
	return table
}()

// squeeze is text without white space.
func squeeze(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		end := 0
		for end < len(text) && !isSpace[text[end]] {
			end++
		}
		out = append(out, text[:end]...)
		text = text[min(end+1, len(text)):]
	}
	return out
}

// joinLines takes out line breaks, with the white space around them; nil if there
// are none.
func joinLines(text []byte) []byte {
	if !bytes.ContainsAny(text, lineBreaks) {
		return nil
	}
	out := make([]byte, 0, len(text))
	for {
		i := bytes.IndexAny(text, lineBreaks)
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, bytes.TrimRight(text[:i], space)...)
		text = bytes.TrimLeft(text[i:], space)
	}
}
