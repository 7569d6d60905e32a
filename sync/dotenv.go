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

// What is wrong with a value. The library's own words quote the input.
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

const blank = " \t"

// dotenvParser finds the values of a file; the library reads each. Line ends are
// newlines.
type dotenvParser struct {
	sourceText
	at int // where the next line begins
}

func parseDotenv(label string, data []byte) (*Source, error) {
	p := &dotenvParser{sourceText: newSourceText(label, data)}
	if err := p.checkEncoding(); err != nil {
		return nil, err
	}
	source := &Source{Label: label}
	for p.at < len(data) {
		start := p.at
		line := p.line(start)
		p.at += len(line) + 1
		if text := bytes.TrimLeft(line, blank); len(text) == 0 || text[0] == '#' {
			continue
		}
		entry, err := p.entry(start, line)
		if err != nil {
			return nil, err
		}
		source.Entries = append(source.Entries, entry)
	}
	return source, nil
}

// line is what stands from an offset to the end of the line.
func (p *dotenvParser) line(from int) []byte {
	line, _, _ := bytes.Cut(p.data[min(from, len(p.data)):], []byte("\n"))
	return line
}

func (p *dotenvParser) entry(start int, line []byte) (Entry, error) {
	before, after, ok := bytes.Cut(line, []byte("="))
	if !ok {
		return Entry{}, p.errorAt(start, "%w", errNoPair)
	}
	name, _, err := pair(string(before) + "=")
	if err != nil {
		return Entry{}, p.errorAt(start, "%w", errEnvName)
	}
	if err := p.checkName(name, start); err != nil {
		return Entry{}, err
	}
	value, err := p.value(start+len(before)+1, after)
	if err != nil {
		return Entry{}, p.errorAt(start, "%q: %w", name, err)
	}
	return Entry{Name: name, Text: prefect.TextValue(value)}, nil
}

// value reads what stands after the =, which is at the offset.
func (p *dotenvParser) value(at int, after []byte) (string, error) {
	text := bytes.TrimLeft(after, blank)
	if len(text) > 0 && (text[0] == '"' || text[0] == '\'') {
		return p.quoted(at+len(after)-len(text), text[0])
	}
	return unquoted(string(after))
}

// unquoted takes a value whose every character stands for itself: a library drops
// quotation marks inside, and takes a # for a comment even in the midst of a word.
func unquoted(after string) (string, error) {
	_, value, err := pair("V=" + after)
	if err != nil {
		return "", either(err, errUnquoted)
	}
	rest, verbatim := strings.CutPrefix(strings.TrimLeft(after, blank), value)
	if value == "" {
		rest = after
	}
	if !verbatim || !isTail(rest) {
		return "", errUnquoted
	}
	return value, nil
}

// isTail reports whether what follows a value says nothing: blanks, and a comment
// after a blank.
func isTail(rest string) bool {
	text := strings.TrimLeft(rest, blank)
	return text == "" || text[0] == '#' && len(text) < len(rest)
}

// quoted reads the value whose opening quotation mark is at the offset, and leaves
// p.at behind the line of the closing one.
func (p *dotenvParser) quoted(open int, quote byte) (string, error) {
	end := closing(p.data, open+1, quote)
	if end < 0 {
		return "", errNotClosed
	}
	rest := p.line(end + 1)
	p.at = end + 1 + len(rest) + 1
	if !isTail(string(rest)) {
		return "", errTrailing
	}
	raw := p.data[open+1 : end]
	if quote == '"' && surrogate.Lone(raw) {
		return "", errDouble
	}
	return unquote(string(raw), string(quote))
}

// closing is where the quotation mark stands that ends a value; -1 if none does.
func closing(data []byte, from int, quote byte) int {
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

// unquote has the library read each line, for it knows no value of several.
func unquote(raw, quote string) (string, error) {
	problem := map[string]error{"'": errSingle, `"`: errDouble}[quote]
	lines := strings.Split(raw, "\n")
	for i, line := range lines {
		_, value, err := pair("V=" + quote + line + quote)
		if err != nil {
			return "", either(err, problem)
		}
		lines[i] = value
	}
	return strings.Join(lines, "\n"), nil
}

// either puts a problem in our words in place of the library's.
func either(err, problem error) error {
	if errors.Is(err, errLong) {
		return errLong
	}
	return problem
}

// pair reads one line, of which the library takes no more than bufio's scanner does.
func pair(line string) (name, value string, err error) {
	if len(line) >= bufio.MaxScanTokenSize {
		return "", "", errLong
	}
	pairs, err := envparse.Parse(strings.NewReader(line))
	for name, value = range pairs {
		return name, value, nil
	}
	return "", "", err
}
