package leaks

import "bytes"

// dumpDecode decodes dumps: lines of an offset, bytes in hexadecimal and the same
// bytes as characters, as [hex.Dump], hexdump -C and xxd write them.
func dumpDecode(text []byte) (out []byte) {
	var dump []byte
	for line := range bytes.Lines(text) {
		if data := dumpedLine(line); data != nil {
			dump = append(dump, data...)
			continue
		}
		out = appendTexts(out, dump)
		dump = dump[:0]
	}
	return appendTexts(out, dump)
}

// offsetDigits is how long an offset is at least.
const offsetDigits = 8

// dumpedLine is the bytes in a line of a dump, nil if it is none. A log may have
// put something before the offset.
func dumpedLine(line []byte) []byte {
	for len(line) > 0 {
		n := 0
		for n < len(line) && hexDigit[line[n]] >= 0 {
			n++
		}
		if n >= offsetDigits {
			if data := dumpedBytes(line[n:]); data != nil {
				return data
			}
		}
		line = line[max(n, 1):]
	}
	return nil
}

// dumpedBytes is the bytes after an offset. In xxd's lines, which have a colon,
// two blanks end them, in the others a line.
func dumpedBytes(line []byte) (data []byte) {
	line, isXxd := bytes.CutPrefix(line, []byte(":"))
	if !isXxd && !bytes.HasPrefix(line, []byte("  ")) {
		return nil
	}
	for len(line) > 1 && !(isXxd && bytes.HasPrefix(line, []byte("  "))) {
		high, low := hexDigit[line[0]], hexDigit[line[1]]
		switch {
		case line[0] == ' ':
			line = line[1:]
		case high >= 0 && low >= 0:
			data, line = append(data, byte(high<<4|low)), line[2:]
		default:
			return data
		}
	}
	return data
}
