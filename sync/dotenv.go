package sync

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// The errors of a line as a whole.
var (
	errNoPair   = errors.New("expected NAME=value")
	errNoValue  = errors.New("a name without a value: write NAME=value, or NAME= for an empty one")
	errYAML     = errors.New("NAME: value, as in YAML: write NAME=value")
	errEnvName  = errors.New("invalid name before the =: use letters, digits, _ and ., no digit first, and only export before the name; JSON allows any name")
	errReserved = errors.New("the name __proto__, which JavaScript's dotenv drops: JSON allows any name")
)

const whitespace = " \t"

var (
	envName   = lazyregexp.New(`^[A-Za-z_.][A-Za-z0-9_.]*$`)
	nameAlone = lazyregexp.New(`^(export[ \t]+)?[A-Za-z_.][A-Za-z0-9_.]*[ \t]*$`)
	// continuation matches lines of JSON, of a key in PEM's form, and of its base64.
	continuation = lazyregexp.New(`^(["{}\[\],]|-----|[A-Za-z0-9+/]{16,}=*$)`)
	nameAndColon = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_.-]*[ \t]*:([ \t]|$)`)
)

// dotenvParser reads what dotenv libraries read alike, and reports everything else.
// test/dotenv compares it with them.
type dotenvParser struct {
	sourceText
	next     int // the offset of the next line
	line     int // of the entry that is parsed, from 1
	values   []dotenvValue
	problems []dotenvProblem
	// open reports that the last value has a quotation mark that is not closed, so that
	// lines that look like JSON or a key may belong to it.
	open bool
}

// dotenvValue is a value as the file has it.
type dotenvValue struct {
	name  string
	quote byte // ' or ", or 0
	at    int  // the offset of raw
	raw   []byte
}

type dotenvProblem struct {
	at  int // an offset
	err error
}

func parseDotenv(label string, data []byte) (*Source, error) {
	p := &dotenvParser{sourceText: newSourceText(label, data)}
	if err := p.checkEncoding(); err != nil {
		return nil, err
	}
	for p.next < len(data) {
		p.parseNext()
	}
	source := &Source{Label: label}
	for _, v := range p.values {
		source.Entries = append(source.Entries, Entry{Name: v.name, Text: prefect.TextValue(v.text()), note: p.checkDollars(v)})
	}
	return source, p.joinProblems()
}

// joinProblems returns one error of all problems, in the order of the file.
func (p *dotenvParser) joinProblems() error {
	slices.SortStableFunc(p.problems, func(a, b dotenvProblem) int { return cmp.Compare(a.at, b.at) })
	if p.isProse() {
		return fmt.Errorf("%s: not a dotenv file: no line is NAME=value", p.label)
	}
	errs := make([]error, len(p.problems))
	for i, problem := range p.problems {
		errs[i] = p.errorAt(problem.at, "%w", problem.err)
	}
	return errors.Join(errs...)
}

// minProse is how many lines without = make a file without a value one of another kind.
const minProse = 4

// isProse reports whether no line of a file of several is a name and a value.
func (p *dotenvParser) isProse() bool {
	isPair := func(problem dotenvProblem) bool { return problem.err != errNoPair && problem.err != errNoValue }
	return len(p.values) == 0 && len(p.problems) >= minProse && !slices.ContainsFunc(p.problems, isPair)
}

func (p *dotenvParser) report(at int, err error) {
	p.problems = append(p.problems, dotenvProblem{at, err})
}

// lineFrom returns the rest of a line from an offset, without its end.
func (p *dotenvParser) lineFrom(from int) []byte {
	line, _, ended := bytes.Cut(p.data[min(from, len(p.data)):], []byte("\n"))
	if ended {
		line = bytes.TrimSuffix(line, []byte("\r"))
	}
	return line
}

// skipLine sets p.next to the line after the one that has an offset.
func (p *dotenvParser) skipLine(at int) {
	p.next = len(p.data)
	if i := bytes.IndexByte(p.data[at:], '\n'); i >= 0 {
		p.next = at + i + 1
	}
}

// parseNext parses a line, and those that its value goes on in.
func (p *dotenvParser) parseNext() {
	start := p.next
	p.skipLine(start)
	line := p.lineFrom(start)
	trimmed := bytes.TrimLeft(line, whitespace)
	start += len(line) - len(trimmed)
	switch {
	case len(trimmed) == 0:
	case trimmed[0] == '#':
		p.reportLineEnds(start, trimmed)
	default:
		p.parseEntry(start, trimmed)
	}
}

func (p *dotenvParser) parseEntry(start int, line []byte) {
	before, after, isPair := bytes.Cut(line, []byte("="))
	name, err := dotenvName(before)
	if p.open && (!isPair || err != nil) && continuation().Match(line) {
		return
	}
	p.open = false
	if !isPair {
		p.report(start, errorOfPair(line))
		return
	}
	p.line, _ = p.position(start)
	earlier := len(p.problems)
	value := p.parseValue(start+len(before)+1, after)
	if err != nil {
		p.problems = append(p.problems[:earlier], dotenvProblem{start, err})
		return
	}
	for i, problem := range p.problems[earlier:] {
		p.problems[earlier+i].err = fmt.Errorf("%q: %w", name, problem.err)
	}
	if first, ok := p.lines[name]; ok {
		p.report(start, errTwice(name, first))
		return
	}
	p.lines[name] = p.line
	value.name = name
	p.values = append(p.values, value)
}

func errorOfPair(line []byte) error {
	switch {
	case nameAndColon().Match(line):
		return errYAML
	case nameAlone().Match(line):
		return errNoValue
	}
	return errNoPair
}

// dotenvName returns the name in what is before the = of a line.
func dotenvName(before []byte) (string, error) {
	if rest, ok := bytes.CutPrefix(before, []byte("export")); ok {
		if trimmed := bytes.TrimLeft(rest, whitespace); len(trimmed) < len(rest) {
			before = trimmed
		}
	}
	name := string(bytes.TrimRight(before, whitespace))
	switch {
	case name == "__proto__":
		return "", errReserved
	case nameAndColon().MatchString(name):
		return "", errYAML
	case !envName().MatchString(name):
		return "", errEnvName
	}
	return name, secretname.Check(name)
}
