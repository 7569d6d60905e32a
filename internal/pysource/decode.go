package pysource

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// codingCookie matches the encoding declaration of PEP 263, in one of the first two
// lines.
var codingCookie = lazyregexp.New(`^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)

// blankLine matches a first line that lets the second hold the cookie.
var blankLine = lazyregexp.New(`^[ \t\f]*(?:#.*)?$`)

// decode returns the text as UTF-8 with \n at the end of each line, or why it cannot.
func decode(data []byte) (string, *Problem) {
	if len(data) > maxSize {
		return "", &Problem{Message: fmt.Sprintf("the file has more than %d MiB, which is as far as prefect-secrets reads Python", maxSize>>20)}
	}
	data, marked := bytes.CutPrefix(data, []byte("\ufeff"))
	encoding := declaredEncoding(data)
	switch {
	case isUTF8(encoding):
		return validate(normalizeLines(string(data)))
	case marked:
		return "", &Problem{Message: "the file begins with a mark of UTF-8 and declares another encoding"}
	case isLatin1(encoding) || likeLatin1().MatchString(encoding):
		return validate(normalizeLines(decodeLatin1(data)))
	}
	return "", &Problem{Message: "the file declares an encoding that prefect-secrets does not read: save it as UTF-8"}
}

// declaredEncoding returns the encoding that the cookie names, in lower case and
// with dashes, or utf-8 if there is no cookie.
func declaredEncoding(data []byte) string {
	for range 2 {
		line := data[:lineLength(data)]
		if found := codingCookie().FindSubmatch(line); found != nil {
			return strings.ReplaceAll(strings.ToLower(string(found[1])), "_", "-")
		}
		if !blankLine().Match(line) {
			break
		}
		data = bytes.TrimPrefix(data[len(line):], []byte("\r"))
		data = bytes.TrimPrefix(data, []byte("\n"))
	}
	return "utf-8"
}

func lineLength(data []byte) int {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i
	}
	return len(data)
}

// isUTF8 reports whether an encoding is UTF-8, by the rules of get_normal_name in
// CPython's tokenizer, or ASCII, which is a subset.
func isUTF8(name string) bool {
	return name == "utf-8" || strings.HasPrefix(name, "utf-8-") || name == "utf8" || name == "ascii" || name == "us-ascii"
}

// likeLatin1 matches encodings whose every character is a byte, and whose first half
// is ASCII. Read as Latin-1, the code is right, and other letters are wrong.
var likeLatin1 = lazyregexp.New(`^(iso-?8859-\d+|latin-?\d+|l\d+|(cp|windows-?)?(125\d|437|85\d|86\d)|koi8-[rtu]|mac-?[a-z0-9]+)$`)

func isLatin1(name string) bool {
	for _, alias := range []string{"latin-1", "iso-8859-1", "iso-latin-1", "latin1", "l1", "iso8859-1"} {
		if name == alias || strings.HasPrefix(name, alias+"-") {
			return true
		}
	}
	return false
}

func decodeLatin1(data []byte) string {
	var b strings.Builder
	b.Grow(len(data))
	for _, c := range data {
		b.WriteRune(rune(c))
	}
	return b.String()
}

// normalizeLines ends each line with \n, as Python does before it reads tokens.
func normalizeLines(text string) string {
	if strings.IndexByte(text, '\r') < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// validate rejects what a module cannot hold in any encoding. It cuts the text of a
// rejected one at the error.
func validate(text string) (string, *Problem) {
	for i, r := range text {
		switch {
		case r == 0:
			return text[:i], &Problem{Message: "the file holds a NUL byte; Python is text", Start: i, End: i}
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			return text[:i], &Problem{Message: "the file is not UTF-8 text, and declares no other encoding", Start: i, End: i}
		}
	}
	return text, nil
}
