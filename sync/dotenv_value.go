package sync

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// The errors of a value. None quotes it.
var (
	errHash        = errors.New("a # in a value without quotes, where some libraries begin a comment: put the value in single quotes, or a space before a comment")
	errNoText      = errors.New("a # where the value is expected, which some libraries read as a comment and others as the value: write '' before a comment, or put the value in single quotes")
	errSecondHash  = errors.New("a second # after a space, where some libraries begin the comment: put the value in single quotes, or leave out that #")
	errLines       = errors.New("a value of several lines without quotes: put all of it in single quotes")
	errBackquote   = errors.New("a value that begins with a backquote, which is a quotation mark to some libraries: put the value in single quotes")
	errEdge        = errors.New("a special space at an end of a value without quotes, which some libraries remove: put the value in single quotes, or remove it")
	errSeparator   = errors.New("U+2028 or U+2029 outside quotes, which ends a line for some libraries: put the value in quotes, or remove it")
	errReturn      = errors.New("a carriage return, which some libraries remove or take for the end of a line: save the file with LF line ends, or write \\r in double quotes")
	errNUL         = errors.New("a NUL character, which no variable can hold: JSON allows any value")
	errEscape      = errors.New("a backslash before anything but n and r in double quotes, which libraries read differently: put the value in single quotes, which keep it; JSON allows any value")
	errEscaped     = errors.New("a quotation mark after a backslash, which libraries read differently: put a value with \" in single quotes, and one with ' in double quotes; JSON allows any value")
	errBackslash   = errors.New("two backslashes in single quotes, of which some libraries remove one: without quotes, both are kept; JSON allows any value")
	errNotClosed   = errors.New("a quotation mark that is never closed: close it, or put a value that begins with one in the other kind of quotes")
	errClosedBelow = errors.New("this quotation mark closes the value that began above, and text follows: close that value where it ends, and use the other kind of quotes in it")
	errTrailing    = errors.New("text after the closing quotation mark: put the whole value in one pair of quotes; JSON allows any value")
)

// text returns the value that libraries read.
func (v dotenvValue) text() string {
	if v.quote != '"' {
		return string(v.raw)
	}
	return strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace(string(v.raw))
}

// parseValue reads a value from what follows the = in its line, which is at an
// offset.
func (p *dotenvParser) parseValue(at int, after []byte) dotenvValue {
	trimmed := bytes.TrimLeft(after, whitespace)
	at += len(after) - len(trimmed)
	if len(trimmed) > 0 && (trimmed[0] == '"' || trimmed[0] == '\'') {
		return p.parseQuoted(at, trimmed)
	}
	return p.parseUnquoted(at, trimmed)
}

func (p *dotenvParser) parseUnquoted(at int, text []byte) dotenvValue {
	p.reportLineEnds(at, text)
	value, comment, hasComment := bytes.Cut(text, []byte(" #"))
	value = bytes.TrimRight(value, whitespace)
	switch hash := bytes.IndexByte(value, '#'); {
	case hash == 0:
		p.report(at, errNoText)
	case hash > 0:
		p.report(at+hash, errHash)
	}
	if hasComment {
		p.reportSecondHash(at+len(text)-len(comment), comment)
	}
	if bytes.HasPrefix(value, []byte("`")) {
		p.report(at, errBackquote)
	}
	if p.goesOn(value) {
		p.open = true
		p.report(at, errLines)
	}
	first, _ := utf8.DecodeRune(value)
	last, size := utf8.DecodeLastRune(value)
	switch {
	case isOddSpace(first):
		p.report(at, errEdge)
	case isOddSpace(last):
		p.report(at+len(value)-size, errEdge)
	}
	if nul := bytes.IndexByte(value, 0); nul >= 0 {
		p.report(at+nul, errNUL)
	}
	return dotenvValue{at: at, raw: value}
}

// severalLines matches the first line of a key in PEM's form, and of JSON.
var severalLines = lazyregexp.New(`^(-----BEGIN |[{\[])`)

// goesOn reports whether a value without quotes goes on in the next line, where only
// one in quotes may.
func (p *dotenvParser) goesOn(value []byte) bool {
	next := bytes.TrimLeft(p.lineFrom(p.next), whitespace)
	return severalLines().Match(value) && continuation().Match(next) && !bytes.Contains(next, []byte("="))
}

// reportSecondHash reports a # that a space precedes in the comment after a value
// without quotes: godotenv looks for the last one.
func (p *dotenvParser) reportSecondHash(at int, comment []byte) {
	for i, c := range comment {
		if before, _ := utf8.DecodeLastRune(comment[:i]); c == '#' && i > 0 && isSpace(before) {
			p.report(at+i, errSecondHash)
			return
		}
	}
}

// isSpace reports whether any library takes r for white space.
func isSpace(r rune) bool { return r == ' ' || r == '\t' || isOddSpace(r) }

// isOddSpace reports whether some libraries take r for white space, and others may
// not. Python has the separators from U+001C, JavaScript the byte order mark.
func isOddSpace(r rune) bool {
	return unicode.IsSpace(r) && r != ' ' && r != '\t' || r >= 0x1c && r <= 0x1f || r == 0xfeff
}

// reportLineEnds reports what ends a line for some libraries, in a text outside quotes:
// a carriage return for Python, the others for JavaScript.
func (p *dotenvParser) reportLineEnds(at int, text []byte) {
	i := bytes.IndexFunc(text, func(r rune) bool { return r == '\r' || r == 0x2028 || r == 0x2029 })
	switch {
	case i < 0:
	case text[i] == '\r':
		p.report(at+i, errReturn)
	default:
		p.report(at+i, errSeparator)
	}
}

// parseQuoted reads the value whose opening quotation mark is at an offset and begins
// the rest of its line, and sets p.next to the line after the closing one.
func (p *dotenvParser) parseQuoted(open int, line []byte) dotenvValue {
	quote := line[0]
	value := dotenvValue{quote: quote, at: open + 1}
	end := closingQuote(p.data, open+1, quote)
	if end < 0 {
		p.reportNotClosed(open, line, errNotClosed)
		return value
	}
	rest := p.lineFrom(end + 1)
	trimmed := bytes.TrimLeft(rest, whitespace)
	value.raw = p.data[open+1 : end]
	switch below := bytes.Count(value.raw, []byte("\n")); {
	case len(trimmed) == 0 || trimmed[0] == '#':
		p.skipLine(end)
		p.reportLineEnds(end+1, rest)
		p.reportLines(value)
	case below == 0:
		p.report(end+1+len(rest)-len(trimmed), errTrailing)
	default:
		p.reportNotClosed(open, line, fmt.Errorf("a quotation mark that is not closed in its line; the next one, in line %d, has text after it", p.line+below))
		p.report(end, errClosedBelow)
		value.raw = nil
	}
	return value
}

// reportNotClosed reports a quotation mark that nothing closes. A backslash before
// the next one in its line is the likely reason.
func (p *dotenvParser) reportNotClosed(open int, line []byte, err error) {
	p.open = true
	if i := bytes.Index(line, []byte{'\\', line[0]}); i > 0 {
		open, err = open+i, errEscaped
	}
	p.report(open, err)
}

// closingQuote returns the offset of the next quotation mark that no backslash
// precedes, or -1.
func closingQuote(data []byte, from int, quote byte) int {
	for i := from; i < len(data); i++ {
		switch data[i] {
		case quote:
			return i
		case '\\':
			i++
		}
	}
	return -1
}

// reportLines reports the first problem of each line of a quoted value.
func (p *dotenvParser) reportLines(v dotenvValue) {
	at := v.at
	for line := range bytes.Lines(v.raw) {
		i, err := problemIn(line, v.quote)
		if err != nil {
			p.report(at+i, err)
		}
		if errors.Is(err, errReturn) {
			return // the other lines probably end so, too
		}
		at += len(line)
	}
}

// problemIn returns where the first problem of a line in quotes is. A line ends in
// \n or before the closing quotation mark; either may follow a backslash.
func problemIn(line []byte, quote byte) (int, error) {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case 0:
			return i, errNUL
		case '\r':
			return i, errReturn
		case '\\':
			if err := errorOfEscape(line[i+1], quote); err != nil {
				return i, err
			}
		}
	}
	return 0, nil
}

// errorOfEscape returns what is wrong with a backslash before a character.
func errorOfEscape(next, quote byte) error {
	switch {
	case next == quote:
		return errEscaped
	case quote == '\'' && next == '\\':
		return errBackslash
	case quote == '\'' || next == 'n' || next == 'r':
		return nil
	case next == '$':
		return errDollar
	}
	return errEscape
}
