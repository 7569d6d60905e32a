package leaks

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// From how many bytes on a string is searched for.
const (
	minAlone  = 4 // as a word of its own
	minAnyhow = 6 // anywhere, and opaquely encoded
	minAcross = 8 // across lines, and by one of its lines
	minNumber = 6 // as a number of its own
	minWhole  = 6 // as the JSON of an object or list, without white space
)

// maxSearched is how many bytes of a string are searched for: its beginning tells
// it from others, and each byte costs thousands in its encodings.
const maxSearched = 256

// beginning is at most maxSearched bytes of s, and no part of a character.
func beginning(s string) string {
	if len(s) <= maxSearched {
		return s
	}
	end := maxSearched
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// pattern is an encoded string to search for.
type pattern struct {
	text  []byte
	name  string
	alone bool // counts only as a word of its own
	// number is that a fraction does not count, either.
	number bool
	// across is that it counts across lines, too.
	across bool
	inner  int // the longest other pattern that this one begins with, or -1
}

// patterns are those to search for in the log, in the log without white space, and
// in the log without what may stand between bytes in hexadecimal.
type patterns struct{ exact, squeezed, hex []pattern }

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
		if len(v) >= minNumber {
			p.addExact(name, string(v), true)
		}
		return true
	case string:
		p.addString(name, strings.TrimSpace(v))
		return true
	}
	return tells
}

func (p *patterns) addString(name, s string) {
	if len(s) >= minAlone {
		p.addExact(name, s, false)
	}
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != s && len(line) >= minAcross && !isHeader(line) {
			p.addExact(name, line, false)
		}
	}
	if squeezed := squeeze([]byte(s)); len(squeezed) < len(s) && len(squeezed) >= minAcross {
		p.addSqueezed(name, string(squeezed))
	}
}

// isHeader reports whether a line of a PEM file is the same in many others.
func isHeader(line string) bool {
	return strings.HasPrefix(line, "----") || strings.HasPrefix(line, "Proc-Type:")
}

// addWhole adds the JSON of an object or list in each spelling of its strings, in
// the spacing of JavaScript and Go and in that of Python.
func (p *patterns) addWhole(name string, value []byte) {
	var compact bytes.Buffer
	_ = json.Compact(&compact, value)
	if compact.Len() < minWhole {
		return
	}
	for i := range JSONForms("") {
		p.addSqueezed(name, string(squeeze(respelled(compact.Bytes(), "", i))))
		p.addExact(name, string(respelled(compact.Bytes(), " ", i)), false)
	}
}

var jsonToken = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[,:]`)

// respelled is JSON with a separator after each comma and colon, and its strings in
// one of [JSONForms].
func respelled(compact []byte, separator string, form int) []byte {
	return jsonToken.ReplaceAllFunc(compact, func(token []byte) []byte {
		var s string
		if json.Unmarshal(token, &s) != nil {
			return []byte(string(token) + separator)
		}
		return []byte(`"` + JSONForms(s)[form] + `"`)
	})
}

func (p *patterns) addExact(name, s string, number bool) {
	for _, f := range formsOf(beginning(s)) {
		if f.opaque && len(s) < minAnyhow {
			continue
		}
		add := pattern{
			text: []byte(f.text), name: name, number: number && !f.opaque,
			alone: !f.opaque && (number || len(s) < minAnyhow), across: f.opaque || len(s) >= minAcross,
		}
		p.exact = append(p.exact, add)
		if f.opaque && isHex.MatchString(f.text) {
			p.hex = append(p.hex, add)
		}
	}
}

var isHex = regexp.MustCompile("^[0-9A-Fa-f]+$")

func (p *patterns) addSqueezed(name, s string) {
	for _, f := range formsOf(beginning(s)) {
		p.squeezed = append(p.squeezed, pattern{text: []byte(f.text), name: name})
	}
}
