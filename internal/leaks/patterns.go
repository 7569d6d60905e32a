package leaks

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// From how many bytes on a text is looked for.
const (
	minAlone    = 4 // as a word of its own
	minAnywhere = 6 // anywhere, and decoded
	minSqueezed = 8 // with white space taken out
	minNumber   = 6 // as a number of its own
)

// pattern is a text that must not be there.
type pattern struct {
	text  string
	name  string
	alone bool // only as a word of its own, and not in decoded text
}

// prefix is the beginning of a pattern, by which patterns are found.
type prefix [minAlone]byte

func (f *Finder) add(p pattern) {
	at := prefix([]byte(p.text))
	f.index[at] = append(f.index[at], p)
	f.begin[at[0]] |= 1 << (at[1] & 63)
}

func patternsOf(s Secret) []pattern {
	dec := json.NewDecoder(bytes.NewReader(s.Value))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) != nil {
		return nil
	}
	c := collector{name: s.Name}
	c.leaves(value)
	if _, isText := value.(string); !isText {
		c.text(string(s.Value))
	}
	return c.patterns
}

type collector struct {
	name     string
	patterns []pattern
}

func (c *collector) leaves(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			c.leaves(inner)
		}
	case []any:
		for _, inner := range v {
			c.leaves(inner)
		}
	case json.Number:
		if len(v) >= minNumber {
			c.patterns = append(c.patterns, pattern{string(v), c.name, true})
		}
	case string:
		c.text(v)
	}
}

// text looks for a text, for each line of it, and for it without white space.
func (c *collector) text(text string) {
	c.add(text)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != text && len(line) >= minSqueezed && !strings.HasPrefix(line, "-----") {
			c.add(line)
		}
	}
	if squeezed := squeeze(text); squeezed != text && len(squeezed) >= minSqueezed {
		c.add(squeezed)
	}
}

func (c *collector) add(text string) {
	if len(text) >= minAlone {
		c.patterns = append(c.patterns, pattern{text, c.name, len(text) < minAnywhere})
	}
}

func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// search looks for all patterns at once.
func (f *Finder) search(v view, found map[string]bool) {
	for i := 0; i+minAlone <= len(v.text); i++ {
		if f.begin[v.text[i]]&(1<<(v.text[i+1]&63)) == 0 {
			continue
		}
		for _, p := range f.index[prefix(v.text[i:])] {
			if !found[p.name] && v.admits(p) && bytes.HasPrefix(v.text[i:], []byte(p.text)) &&
				(!p.alone || isAlone(v.text, i, i+len(p.text))) {
				found[p.name] = true
			}
		}
	}
}

// admits keeps short texts out of where chance would find them.
func (v view) admits(p pattern) bool {
	return !v.decoded && !v.squeezed || !p.alone && (!v.squeezed || len(p.text) >= minSqueezed)
}

// isAlone reports whether no letter, digit or underscore touches a part of text.
func isAlone(text []byte, start, end int) bool {
	before, _ := utf8.DecodeLastRune(text[:start])
	after, _ := utf8.DecodeRune(text[end:])
	return !isWord(before) && !isWord(after)
}

func isWord(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
