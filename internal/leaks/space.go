package leaks

import "bytes"

const space = " \t\n\v\f\r"

// unescapeBreaks writes line breaks and tabs as they are where a string in the log
// has escaped them.
func unescapeBreaks(log []byte) []byte {
	for _, escape := range []string{`\r`, `\n`, `\t`} {
		log = bytes.ReplaceAll(log, []byte(escape), []byte("\n"))
	}
	return log
}

// joinLines takes out line breaks, with the white space around them.
func joinLines(log []byte) []byte {
	var out []byte
	for line := range bytes.FieldsFuncSeq(unescapeBreaks(log), func(r rune) bool { return r == '\n' || r == '\r' }) {
		out = append(out, bytes.Trim(line, space)...)
	}
	return out
}

// squeeze takes out white space.
func squeeze(text []byte) []byte {
	return bytes.Join(bytes.FieldsFunc(text, isSpace), nil)
}

func isSpace(r rune) bool { return r < 0x80 && bytes.IndexByte([]byte(space), byte(r)) >= 0 }

// withoutSeparators takes out what may stand between bytes in hexadecimal.
func withoutSeparators(squeezed []byte) []byte {
	return bytes.Join(bytes.FieldsFunc(squeezed, func(r rune) bool { return r == ':' || r == '-' }), nil)
}
