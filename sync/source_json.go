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

// ParseSecrets reads what ${{ toJSON(secrets) }} gives: one JSON object whose values
// are all strings. The error has the line, the column and what is wrong there, and
// never quotes a value.
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
	p.read()
	return p.source()
}

// parseTyped reads the JSON of a file, whose values may be of any type but null.
func parseTyped(label string, data []byte) (*Source, error) {
	p := newObjectParser("secrets", label, data)
	p.typed = true
	p.read()
	if p.members != nil {
		if err := checkEnvelope(p.members); err != nil {
			return nil, fmt.Errorf("%s: %w", label, err)
		}
	}
	return p.source()
}

// objectParser reads a JSON object of secrets or variables.
type objectParser struct {
	sourceText
	context  string // of GitHub, whose JSON is expected: secrets or vars
	typed    bool   // whether values may be of any type but null
	dec      *json.Decoder
	members  map[string]json.RawMessage // all of the object; nil if it is not valid JSON
	entries  []Entry
	problems []error
}

func newObjectParser(context, label string, data []byte) *objectParser {
	return &objectParser{sourceText: newSourceText(label, data), context: context, dec: json.NewDecoder(bytes.NewReader(data))}
}

// read collects all problems of valid JSON, and stops where the JSON is not valid.
func (p *objectParser) read() {
	members := map[string]json.RawMessage{}
	if !p.ok(p.checkEncoding()) || !p.ok(p.readOpen()) {
		return
	}
	for p.dec.More() {
		if !p.ok(p.readMember(members)) {
			return
		}
	}
	if p.ok(p.readClose()) {
		p.members = members
	}
}

// ok reports whether err is nil, and otherwise collects it as a problem.
func (p *objectParser) ok(err error) bool {
	if err != nil {
		p.problems = append(p.problems, err)
	}
	return err == nil
}

func (p *objectParser) source() (*Source, error) {
	if len(p.problems) > 0 {
		return nil, errors.Join(p.problems...)
	}
	return &Source{Label: p.label, Entries: p.entries, complete: p.isComplete()}, nil
}

// isComplete reports whether the object is GitHub's secrets context, which has all
// secrets. In a file that is known by GitHub's token, which the context always has.
func (p *objectParser) isComplete() bool {
	hasToken := func() bool {
		return slices.ContainsFunc(p.entries, func(e Entry) bool { return isGitHubToken(e.Name) })
	}
	return p.context == "secrets" && (!p.typed || hasToken())
}

func (p *objectParser) readOpen() error {
	if len(bytes.TrimSpace(p.data)) == 0 {
		return fmt.Errorf("%s: empty: expected a JSON object, as ${{ toJSON(%s) }} gives it", p.label, p.context)
	}
	if at, what := otherForm(p.data); what != "" {
		return p.errorAt(at, "%s: %s", what, p.remedy())
	}
	at := p.nextOffset()
	isComment := bytes.HasPrefix(p.data[at:], []byte("/")) || bytes.HasPrefix(p.data[at:], []byte("#"))
	tok, err := p.dec.Token()
	switch {
	case err != nil && !startsWithBracket(string(p.data)) && !isComment:
		return p.errorAt(at, "not a JSON object: %s", p.remedy())
	case err != nil:
		return p.syntaxError(err)
	case p.typed && tok == json.Delim('['):
		return p.errorAt(at, "not a JSON object of names and values: jq 'map({(.name): .value}) | add' makes one of a list of pairs")
	case tok != json.Delim('{'):
		return p.errorAt(at, "not a JSON object: %s", p.remedy())
	}
	return nil
}

// remedy says what to pass instead.
func (p *objectParser) remedy() string {
	switch {
	case p.typed:
		return "a .json file must hold one JSON object of names and values; name a dotenv file differently"
	case p.context == "secrets":
		return "pass what ${{ toJSON(secrets) }} gives; a file of secrets, JSON or dotenv, is for secrets-file"
	}
	return fmt.Sprintf("pass what ${{ toJSON(%s) }} gives", p.context)
}

// nextOffset returns the offset of the next token.
func (p *objectParser) nextOffset() int {
	rest := p.data[p.dec.InputOffset():]
	return len(p.data) - len(bytes.TrimLeft(rest, ", \t\r\n"))
}

// readMember reads a name and its value. It returns an error only if the JSON is not
// valid.
func (p *objectParser) readMember(into map[string]json.RawMessage) error {
	at := p.nextOffset()
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
	if !p.ok(p.checkName(name, at)) {
		return nil
	}
	entry, err := p.newEntry(name, raw)
	if err != nil {
		err = p.errorAt(at, "%w", err)
	}
	if p.ok(err) {
		p.entries = append(p.entries, entry)
	}
	return nil
}

func (p *objectParser) newEntry(name string, raw json.RawMessage) (Entry, error) {
	kind := jsonType(raw)
	switch {
	case kind == "a string" && surrogate.Lone(raw):
		return Entry{}, fmt.Errorf("%q contains half a surrogate pair, which is not a character: encode the value, with base64 for example", name)
	case kind == "a string":
		var s string
		err := json.Unmarshal(raw, &s)
		return Entry{Name: name, Text: prefect.TextValue(s)}, err
	case p.typed && kind == "null":
		return Entry{}, fmt.Errorf("%q is null, which no store accepts: give it a value, or leave it out", name)
	case p.typed:
		return typedEntry(name, raw), nil
	}
	if kind == "null" {
		return Entry{}, fmt.Errorf("%q is null but must be a string: give it a value in double quotes, or leave it out", name)
	}
	if raw[0] == '{' || raw[0] == '[' {
		return Entry{}, fmt.Errorf(`%q is %s but must be a string: write its JSON as a string, such as "{\"x\": 1}"`, name, kind)
	}
	return Entry{}, fmt.Errorf("%q is %s but must be a string: put it in double quotes", name, kind)
}

// jsonType returns the type of valid JSON, for messages.
func jsonType(raw json.RawMessage) string {
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

func (p *objectParser) readClose() error {
	if _, err := p.dec.Token(); err != nil {
		return p.syntaxError(err)
	}
	end := int(p.dec.InputOffset())
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return p.errorAt(end, "text after the end of the JSON object")
	}
	return nil
}

// syntaxError returns where the JSON is not valid, and why. It keeps nothing of the
// decoder's own error, which quotes the input, nor its position, which does not count
// tokens: it decodes the text a second time for that.
func (p *objectParser) syntaxError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return p.errorAt(len(p.data), endsTooEarly)
	}
	var ignored json.RawMessage
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal(p.data, &ignored), &syntax) {
		return p.errorAt(int(p.dec.InputOffset()), unknownMistake)
	}
	mistake := findMistake(p.data, syntax)
	return p.errorAt(mistake.at, "%s", mistake.why)
}
