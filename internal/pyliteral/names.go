package pyliteral

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// names.txt has the characters of Latin, Greek and Cyrillic, punctuation, currency,
// letter-like symbols, arrows, mathematics, boxes, shapes and dingbats with their
// names in Unicode 14, as Python 3.11 has them.
//
//go:embed names.txt
var namesText string

var names = sync.OnceValue(func() map[string]rune {
	table := map[string]rune{}
	for line := range strings.Lines(namesText) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if r, err := strconv.ParseUint(code, 16, 32); err == nil {
			table[name] = rune(r)
		}
	}
	return table
})

// Named is the character of a Unicode name, in any case, as \N{NAME} has it. It
// knows the 2,000 or so that are likely in a text.
func Named(name string) (rune, bool) {
	r, ok := names()[strings.ToUpper(name)]
	return r, ok
}
