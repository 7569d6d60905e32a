package sync

import (
	"bufio"
	"bytes"
	"errors"
	"strings"

	"github.com/hashicorp/go-envparse"

	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// The errors of a line. The library's own errors quote the input.
var (
	errNoPair    = errors.New("not NAME=value")
	errEnvName   = errors.New("not a name before the =: it is of letters, digits, _ . and /, does not begin with a digit, and only export may stand before it; JSON takes any name")
	errUnquoted  = errors.New("a quotation mark, a # or a control character in a value without quotes: put the value into single quotes, or a space before a comment")
	errDouble    = errors.New(`not valid in double quotes: a backslash begins one of \n \r \t \b \f \" \\ \/ and \uXXXX there, and control characters are written so; single quotes take the text as it is`)
	errSingle    = errors.New(`a control character in single quotes: write it in double quotes, as \t for example`)
	errNotClosed = errors.New("a quotation mark that is never closed: put a value that begins with one into the other kind of quotes")
	errLong      = errors.New("its line has 64 KiB or more: no store takes a value that long")
	errTrailing  = errors.New("text after the closing quotation mark: quote the whole value once, or put a space before a comment")
)

const whitespace = " \t"

// dotenvParser splits a file into values, each of which the library parses. Lines end
// in \n alone.
type dotenvParser struct {
	sourceText
	next int // the offset of the next line
}

func parseDotenv(label string, data []byte) (*Source, error) {
	p := &dotenvParser{sourceText: newSourceText(label, data)}
	if err := p.checkEncoding(); err != nil {
		return nil, err
	}
	source := &Source{Label: label}
	for p.next < len(data) {
		start := p.next
		line := p.lineFrom(start)
		p.next += len(line) + 1
		if trimmed := bytes.TrimLeft(line, whitespace); len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		entry, err := p.parseEntry(start, line)
		if err != nil {
			return nil, err
		}
		source.Entries = append(source.Entries, entry)
	}
	return source, nil
}

// lineFrom returns the rest of a line from an offset.
func (p *dotenvParser) lineFrom(from int) []byte {
	line, _, _ := bytes.Cut(p.data[min(from, len(p.data)):], []byte("\n"))
	return line
}

func (p *dotenvParser) parseEntry(start int, line []byte) (Entry, error) {
	before, after, ok := bytes.Cut(line, []byte("="))
	if !ok {
		return Entry{}, p.errorAt(start, "%w", errNoPair)
	}
	name, _, err := parseLine(string(before) + "=")
	if err != nil {
		return Entry{}, p.errorAt(start, "%w", errEnvName)
	}
	if err := p.checkName(name, start); err != nil {
		return Entry{}, err
	}
	value, err := p.parseValue(start+len(before)+1, after)
	if err != nil {
		return Entry{}, p.errorAt(start, "%q: %w", name, err)
	}
	return Entry{Name: name, Text: prefect.TextValue(value)}, nil
}

// parseValue reads a value from what follows the = in its line, which is at an offset.
func (p *dotenvParser) parseValue(at int, after []byte) (string, error) {
	trimmed := bytes.TrimLeft(after, whitespace)
	if len(trimmed) > 0 && (trimmed[0] == '"' || trimmed[0] == '\'') {
		return p.parseQuoted(at+len(after)-len(trimmed), trimmed[0])
	}
	return parseUnquoted(string(after))
}

// parseUnquoted reads a value that the library leaves as it is. The library drops
// quotation marks inside, and treats a # within a word as a comment: both are errors.
func parseUnquoted(after string) (string, error) {
	_, value, err := parseLine("V=" + after)
	if err != nil {
		return "", replaceError(err, errUnquoted)
	}
	rest, verbatim := strings.CutPrefix(strings.TrimLeft(after, whitespace), value)
	if value == "" {
		rest = after
	}
	if !verbatim || !isEmptyOrComment(rest) {
		return "", errUnquoted
	}
	return value, nil
}

// isEmptyOrComment reports whether a value is followed only by white space, or by white
// space and a comment.
func isEmptyOrComment(rest string) bool {
	trimmed := strings.TrimLeft(rest, whitespace)
	return trimmed == "" || trimmed[0] == '#' && len(trimmed) < len(rest)
}

// parseQuoted reads the value whose opening quotation mark is at an offset, and sets
// p.next to the line after the closing one.
func (p *dotenvParser) parseQuoted(open int, quote byte) (string, error) {
	end := closingQuote(p.data, open+1, quote)
	if end < 0 {
		return "", errNotClosed
	}
	rest := p.lineFrom(end + 1)
	p.next = end + 1 + len(rest) + 1
	if !isEmptyOrComment(string(rest)) {
		return "", errTrailing
	}
	raw := p.data[open+1 : end]
	if quote == '"' && surrogate.Lone(raw) {
		return "", errDouble
	}
	return unquote(string(raw), string(quote))
}

// closingQuote returns the offset of the quotation mark that ends a value, or -1.
func closingQuote(data []byte, from int, quote byte) int {
	for i := from; i < len(data); i++ {
		switch {
		case data[i] == quote:
			return i
		case quote == '"' && data[i] == '\\':
			i++
		}
	}
	return -1
}

// unquote has the library parse each line of a value by itself, because the library has
// no values of several lines.
func unquote(raw, quote string) (string, error) {
	problem := errDouble
	if quote == "'" {
		problem = errSingle
	}
	lines := strings.Split(raw, "\n")
	for i, line := range lines {
		_, value, err := parseLine("V=" + quote + line + quote)
		if err != nil {
			return "", replaceError(err, problem)
		}
		lines[i] = value
	}
	return strings.Join(lines, "\n"), nil
}

// replaceError returns problem in place of the library's error, which may quote a value.
func replaceError(err, problem error) error {
	if errors.Is(err, errLong) {
		return errLong
	}
	return problem
}

// parseLine has the library parse one line, which bufio.Scanner limits in length.
func parseLine(line string) (name, value string, err error) {
	if len(line) >= bufio.MaxScanTokenSize {
		return "", "", errLong
	}
	pairs, err := envparse.Parse(strings.NewReader(line))
	for name, value = range pairs {
		return name, value, nil
	}
	return "", "", err
}
