package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// ParseSecrets reads what ${{ toJSON(secrets) }} gives: one JSON object whose
// values are all texts. The error says line and column and what is wrong there,
// and never quotes a value.
func ParseSecrets(label string, data []byte) (*Source, error) {
	return parseObject("secrets", label, data)
}

// ParseVars reads what ${{ toJSON(vars) }} gives, by the rules of [ParseSecrets].
func ParseVars(label string, data []byte) (*Source, error) {
	return parseObject("vars", label, data)
}

// parseObject reads one of GitHub's contexts.
func parseObject(context, label string, data []byte) (*Source, error) {
	p := &objectParser{sourceText: newSourceText(label, data), context: context, dec: json.NewDecoder(bytes.NewReader(data))}
	if err := p.checkEncoding(); err != nil {
		return nil, err
	}
	if err := p.open(); err != nil {
		return nil, err
	}
	source := &Source{Label: label, Whole: context == "secrets"}
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
	sourceText
	context string // whose JSON was due
	dec     *json.Decoder
}

func (p *objectParser) open() error {
	if len(bytes.TrimSpace(p.data)) == 0 {
		return fmt.Errorf("%s: empty: a JSON object was due, as ${{ toJSON(%s) }} gives it", p.label, p.context)
	}
	at := p.nextToken()
	tok, err := p.dec.Token()
	if err != nil {
		return p.syntaxError(err)
	}
	if tok != json.Delim('{') {
		return p.errorAt(at, "not a JSON object: pass what ${{ toJSON(%s) }} gives", p.context)
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
	if !ok {
		return Entry{}, p.errorAt(at, "%q is %s where a text was due: put it into quotation marks", name, kindOf(tok))
	}
	if loneSurrogate(p.data[valueAt:p.dec.InputOffset()]) {
		return Entry{}, p.errorAt(at, halfPair, name)
	}
	return Entry{Name: name, Text: prefect.TextValue(text)}, nil
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
