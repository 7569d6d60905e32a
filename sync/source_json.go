package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
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

// parseObject reads one of GitHub's contexts, whose values are all strings.
func parseObject(context, label string, data []byte) (*Source, error) {
	p := newObjectParser(context, label, []byte(strings.TrimPrefix(string(data), tomlpos.ByteOrderMark)))
	p.readAll()
	return p.source()
}

// parseTyped reads a file of secrets, whose values may be of any type but null.
func parseTyped(label string, data []byte) (*Source, error) {
	p := newObjectParser("secrets", label, data)
	p.typed = true
	p.readAll()
	if p.members != nil {
		if err := checkEnvelope(p.members); err != nil {
			return nil, fmt.Errorf("%s: %w", label, err)
		}
	}
	return p.source()
}

type objectParser struct {
	sourceText
	context  string // whose JSON is expected
	typed    bool   // values may be of any type but null
	dec      *json.Decoder
	members  map[string]json.RawMessage // the whole object; nil if it is not valid JSON
	entries  []Entry
	problems []error
}

func newObjectParser(context, label string, data []byte) *objectParser {
	return &objectParser{sourceText: newSourceText(label, data), context: context, dec: json.NewDecoder(bytes.NewReader(data))}
}

// readAll reads on after a value that is refused, and no further than valid JSON goes.
func (p *objectParser) readAll() {
	members := map[string]json.RawMessage{}
	if !p.must(p.checkEncoding()) || !p.must(p.open()) {
		return
	}
	for p.dec.More() {
		if !p.must(p.member(members)) {
			return
		}
	}
	if p.must(p.close()) {
		p.members = members
	}
}

func (p *objectParser) must(err error) bool {
	if err != nil {
		p.problems = append(p.problems, err)
	}
	return err == nil
}

func (p *objectParser) source() (*Source, error) {
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	return &Source{Label: p.label, Entries: p.entries, complete: p.isWhole()}, nil
}

// isWhole reports whether the object is GitHub's own, which always has its token.
func (p *objectParser) isWhole() bool {
	return p.context == "secrets" && (!p.typed || slices.ContainsFunc(p.entries, func(e Entry) bool { return isGitHubToken(e.Name) }))
}

func (p *objectParser) open() error {
	if len(bytes.TrimSpace(p.data)) == 0 {
		return fmt.Errorf("%s: empty: expected a JSON object, as ${{ toJSON(%s) }} gives it", p.label, p.context)
	}
	at := p.nextToken()
	tok, err := p.dec.Token()
	if err != nil {
		return p.syntaxError(err)
	}
	if p.typed && tok == json.Delim('[') {
		return p.errorAt(at, "not a JSON object of names and values: jq 'map({(.name): .value}) | add' makes one of a list of pairs")
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

// member reads one name and its value. The error is that of the JSON.
func (p *objectParser) member(into map[string]json.RawMessage) error {
	at := p.nextToken()
	tok, err := p.dec.Token()
	if err != nil {
		return p.syntaxError(err)
	}
	name, _ := tok.(string)
	var raw json.RawMessage
	if err := p.dec.Decode(&raw); err != nil {
		return p.syntaxError(err)
	}
	into[name] = raw
	if !p.must(p.checkName(name, at)) {
		return nil
	}
	entry, err := p.entry(name, raw)
	if err != nil {
		err = p.errorAt(at, "%w", err)
	}
	if p.must(err) {
		p.entries = append(p.entries, entry)
	}
	return nil
}

func (p *objectParser) entry(name string, raw json.RawMessage) (Entry, error) {
	kind := kindOf(raw)
	switch {
	case kind == "a string" && surrogate.Lone(raw):
		return Entry{}, fmt.Errorf("%q holds half a surrogate pair, which is no character: encode the value, with base64 for example", name)
	case kind == "a string":
		var text string
		err := json.Unmarshal(raw, &text)
		return Entry{Name: name, Text: prefect.TextValue(text)}, err
	case p.typed && kind == "null":
		return Entry{}, fmt.Errorf("%q is null, which no store takes: give it a value, or leave it out", name)
	case p.typed:
		return typedEntry(name, raw), nil
	}
	return Entry{}, fmt.Errorf("%q is %s but must be a string: put it into quotation marks", name, kind)
}

// kindOf says what valid JSON is.
func kindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	case 'n':
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

// syntaxError keeps nothing of the decoder's own text, which quotes the input. The
// decoder does not count what it read as tokens; the whole text is read again for
// the place.
func (p *objectParser) syntaxError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return p.errorAt(len(p.data), "the JSON ends too early")
	}
	at := int(p.dec.InputOffset())
	var whole json.RawMessage
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(p.data, &whole), &syntax) {
		at = max(int(syntax.Offset)-1, 0)
	}
	return p.errorAt(at, "not valid JSON here")
}
