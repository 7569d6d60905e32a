package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// ErrEmptySource means that no source has a secret in it. Runs of forks and of
// Dependabot get none, so an empty source is never a reason to delete.
var ErrEmptySource = errors.New("the source holds no secrets: a workflow run of a fork or of Dependabot is given none; elsewhere, check what is passed in")

// Source is where values come from.
type Source struct {
	Label   string // how reports and errors call it
	Entries []Entry
}

// HasSecrets reports whether any entry has a text, beside GitHub's own token, which
// every run is given. A secret that is not set is an empty text.
func (s *Source) HasSecrets() bool {
	return slices.ContainsFunc(s.Entries, func(e Entry) bool { return !isGitHubToken(e.Name) && e.Text.RevealText() != "" })
}

// Entry is a CI secret or variable: a name and its text.
type Entry struct {
	Name string
	Text prefect.Value // always a JSON string
}

// ParseSecrets reads what ${{ toJSON(secrets) }} gives: one JSON object whose
// values are all texts. The error says line and column and what is wrong there,
// and never quotes a value.
func ParseSecrets(label string, data []byte) (*Source, error) {
	p := &objectParser{label: label, data: data, dec: json.NewDecoder(bytes.NewReader(data)), lines: map[string]int{}}
	if err := p.checkEncoding(); err != nil {
		return nil, err
	}
	if err := p.open(); err != nil {
		return nil, err
	}
	source := &Source{Label: label}
	for p.dec.More() {
		entry, err := p.entry()
		if err != nil {
			return nil, err
		}
		source.Entries = append(source.Entries, entry)
	}
	if err := p.close(); err != nil {
		return nil, err
	}
	return source, nil
}

type objectParser struct {
	label string
	data  []byte
	dec   *json.Decoder
	lines map[string]int // where each name stood
}

func (p *objectParser) checkEncoding() error {
	if utf8.Valid(p.data) {
		return nil
	}
	at := 0
	for at < len(p.data) {
		r, size := utf8.DecodeRune(p.data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return p.errorAt(at, "invalid UTF-8: save the file as UTF-8")
}

func (p *objectParser) open() error {
	if len(bytes.TrimSpace(p.data)) == 0 {
		return fmt.Errorf("%s: empty: a JSON object was due, as ${{ toJSON(secrets) }} gives it", p.label)
	}
	at := p.nextToken()
	tok, err := p.dec.Token()
	if err != nil {
		return p.syntaxError(err)
	}
	if tok != json.Delim('{') {
		return p.errorAt(at, "not a JSON object: pass what ${{ toJSON(secrets) }} gives")
	}
	return nil
}

// nextToken is where the next token begins.
func (p *objectParser) nextToken() int {
	rest := p.data[p.dec.InputOffset():]
	return len(p.data) - len(bytes.TrimLeft(rest, ", \t\r\n"))
}

func (p *objectParser) entry() (Entry, error) {
	at := p.nextToken()
	tok, err := p.dec.Token()
	if err != nil {
		return Entry{}, p.syntaxError(err)
	}
	name, _ := tok.(string)
	if err := p.checkName(name, at); err != nil {
		return Entry{}, err
	}
	valueAt := p.dec.InputOffset()
	tok, err = p.dec.Token()
	if err != nil {
		return Entry{}, p.syntaxError(err)
	}
	text, ok := tok.(string)
	if loneSurrogate(text, p.data[valueAt:p.dec.InputOffset()]) {
		return Entry{}, p.errorAt(at, "%q holds half a surrogate pair, which is no character: encode the value, with base64 for example", name)
	}
	if !ok {
		return Entry{}, p.errorAt(at, "%q is %s where a text was due: put it into quotation marks", name, kindOf(tok))
	}
	return Entry{Name: name, Text: prefect.TextValue(text)}, nil
}

// loneSurrogate reports whether the decoder replaced an escape of raw with U+FFFD.
func loneSurrogate(text string, raw []byte) bool {
	const replaced = "\uFFFD"
	written := strings.Count(string(raw), replaced) + strings.Count(strings.ToLower(string(raw)), `\ufffd`)
	return strings.Count(text, replaced) > written
}

func (p *objectParser) checkName(name string, at int) error {
	if err := prefect.CheckName(name); err != nil {
		return p.errorAt(at, "%w", err)
	}
	line, _ := position(p.data, at)
	if first, ok := p.lines[name]; ok {
		return p.errorAt(at, "the name %q stands a second time, after line %d: remove one", name, first)
	}
	p.lines[name] = line
	return nil
}

func kindOf(tok json.Token) string {
	switch tok := tok.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "an array"}[tok]
	case bool:
		return "a boolean"
	case nil:
		return "null"
	default:
		return "a number"
	}
}

func (p *objectParser) close() error {
	if _, err := p.dec.Token(); err != nil {
		return p.syntaxError(err)
	}
	end := int(p.dec.InputOffset())
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return p.errorAt(end, "text after the end of the JSON object")
	}
	return nil
}

// syntaxError keeps nothing of the decoder's own text, which quotes the input.
func (p *objectParser) syntaxError(err error) error {
	at := int(p.dec.InputOffset())
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = max(int(syntax.Offset)-1, 0)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return p.errorAt(len(p.data), "the JSON ends too early")
	}
	return p.errorAt(at, "not valid JSON here")
}

func (p *objectParser) errorAt(offset int, format string, args ...any) error {
	line, column := position(p.data, offset)
	return fmt.Errorf("%s:%d:%d: %w", p.label, line, column, fmt.Errorf(format, args...))
}

// position is the 1-based line and column, in characters, of a byte offset.
func position(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	line = 1 + bytes.Count(before, []byte("\n"))
	column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return line, column
}
