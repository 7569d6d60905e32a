package leaks

import (
	"bytes"
	"encoding/json"
	"strings"
)

// From how many bytes on a text is looked for.
const (
	minAlone  = 4 // as a word of its own
	minAnyhow = 6 // anywhere, and decoded
	minAcross = 8 // across lines, and by one of its lines
	minNumber = 6 // as a number of its own
	minWhole  = 6 // as the JSON of an object or list, without white space
)

// pattern is a text that must not be there.
type pattern struct {
	text   []byte
	name   string
	number bool
	inner  int // the longest other pattern that this one begins with, or -1
}

// patterns of one secret or more: those that are compared as they are, and those
// that are compared without white space.
type patterns struct{ exact, squeezed []pattern }

func (p *patterns) addSecret(s Secret) {
	dec := json.NewDecoder(bytes.NewReader(s.Value))
	dec.UseNumber()
	var value any
	if !json.Valid(s.Value) || dec.Decode(&value) != nil {
		return
	}
	if p.addLeaves(s.Name, value) && isContainer(value) {
		p.addWhole(s.Name, s.Value)
	}
}

func isContainer(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// addLeaves adds what a value is made of. It reports whether that is more than
// booleans and null.
func (p *patterns) addLeaves(name string, value any) (tells bool) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			tells = p.addLeaves(name, inner) || tells
		}
	case []any:
		for _, inner := range v {
			tells = p.addLeaves(name, inner) || tells
		}
	case json.Number:
		p.addNumber(name, string(v))
		return true
	case string:
		p.addText(name, v)
		return true
	}
	return tells
}

func (p *patterns) addNumber(name, number string) {
	if len(number) >= minNumber {
		p.exact = append(p.exact, pattern{text: []byte(number), name: name, number: true})
	}
}

func (p *patterns) addText(name, text string) {
	text = strings.TrimSpace(text)
	p.addExact(name, text, minAlone)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != text && !isHeader(line) {
			p.addExact(name, line, minAcross)
		}
	}
	if strings.ContainsAny(text, space) {
		p.addSqueezed(name, text, minAcross)
	}
}

// isHeader reports whether a line of a PEM text is the same in many others.
func isHeader(line string) bool {
	return strings.HasPrefix(line, "----") || strings.HasPrefix(line, "Proc-Type:")
}

func (p *patterns) addExact(name, text string, least int) {
	if len(text) >= least {
		p.exact = append(p.exact, pattern{text: []byte(text), name: name})
	}
}

func (p *patterns) addSqueezed(name, text string, least int) {
	if squeezed := squeeze([]byte(text)); len(squeezed) >= least {
		p.squeezed = append(p.squeezed, pattern{text: squeezed, name: name})
	}
}

// addWhole adds JSON with its escapes decoded: so all spellings of it are one.
func (p *patterns) addWhole(name string, value []byte) {
	if decoded := unescape(value); decoded != nil {
		value = decoded
	}
	p.addSqueezed(name, string(value), minWhole)
}
