package leaks

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// From how many bytes on a string is searched for.
const (
	minWord        = 4 // as a separate word
	minAnywhere    = 6 // anywhere, and in encodings that hide words
	minAcrossLines = 8 // across lines, and by one of its lines
	minNumber      = 6 // as a separate number
	minJSON        = 6 // as the JSON of an object or list, without white space
)

// maxSearched is how many bytes of a string are searched for. Its beginning identifies
// it, and each byte costs thousands of bytes in all encodings.
const maxSearched = 256

// truncate returns at most the first maxSearched bytes of s, in complete characters.
func truncate(s string) string {
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
	text          []byte
	name          string // of the secret
	wholeWord     bool   // counts only as a separate word
	number        bool   // does not count as the part of a number before or after its point
	acrossLines   bool   // counts across lines too
	longestPrefix int    // index of the longest other pattern that this one begins with, or -1
}

// patterns are searched for in the log, in the log without white space, and in the log
// without white space and separators of hexadecimal bytes.
type patterns struct{ exact, squeezed, hex []pattern }

func (p *patterns) addSecret(s Secret) {
	dec := json.NewDecoder(bytes.NewReader(s.Value))
	dec.UseNumber()
	var value any
	if !json.Valid(s.Value) || dec.Decode(&value) != nil {
		return
	}
	if p.addScalars(s.Name, value) && isContainer(value) {
		p.addJSON(s.Name, s.Value)
	}
}

func isContainer(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// addScalars adds the strings and numbers in a value. It reports whether there are
// any.
func (p *patterns) addScalars(name string, value any) (found bool) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			found = p.addScalars(name, inner) || found
		}
	case []any:
		for _, inner := range v {
			found = p.addScalars(name, inner) || found
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
	return found
}

func (p *patterns) addString(name, s string) {
	if len(s) >= minWord {
		p.addExact(name, s, false)
	}
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != s && len(line) >= minAcrossLines && !isPEMHeader(line) {
			p.addExact(name, line, false)
		}
	}
	if squeezed := squeeze([]byte(s)); len(squeezed) < len(s) && len(squeezed) >= minAcrossLines {
		p.addSqueezed(name, string(squeezed))
	}
}

// isPEMHeader reports whether a line of a PEM file is the same in many others.
func isPEMHeader(line string) bool {
	return strings.HasPrefix(line, "----") || strings.HasPrefix(line, "Proc-Type:")
}

// addJSON adds the JSON of an object or list, with its strings in each of [JSONForms],
// with the spacing of JavaScript and Go and with that of Python.
func (p *patterns) addJSON(name string, value []byte) {
	var compact bytes.Buffer
	_ = json.Compact(&compact, value)
	if compact.Len() < minJSON {
		return
	}
	for i := range JSONForms("") {
		p.addSqueezed(name, string(squeeze(reencodeJSON(compact.Bytes(), "", i))))
		p.addExact(name, string(reencodeJSON(compact.Bytes(), " ", i)), false)
	}
}

var jsonToken = lazyregexp.New(`"(?:[^"\\]|\\.)*"|[,:]`)

// reencodeJSON returns JSON with a separator after each comma and colon, and its
// strings in one of [JSONForms].
func reencodeJSON(compact []byte, separator string, form int) []byte {
	return jsonToken().ReplaceAllFunc(compact, func(token []byte) []byte {
		var s string
		if json.Unmarshal(token, &s) != nil {
			return []byte(string(token) + separator)
		}
		return []byte(`"` + JSONForms(s)[form] + `"`)
	})
}

func (p *patterns) addExact(name, s string, number bool) {
	for _, f := range allForms(truncate(s)) {
		if f.hidesWords && len(s) < minAnywhere {
			continue
		}
		added := pattern{
			text: []byte(f.text), name: name,
			wholeWord:   !f.hidesWords && (number || len(s) < minAnywhere),
			number:      number && !f.hidesWords,
			acrossLines: f.hidesWords || len(s) >= minAcrossLines,
		}
		p.exact = append(p.exact, added)
		if f.hidesWords && isHex().MatchString(f.text) {
			p.hex = append(p.hex, added)
		}
	}
}

var isHex = lazyregexp.New("^[0-9A-Fa-f]+$")

func (p *patterns) addSqueezed(name, s string) {
	for _, f := range allForms(truncate(s)) {
		p.squeezed = append(p.squeezed, pattern{text: []byte(f.text), name: name})
	}
}
