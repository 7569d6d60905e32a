package dotenv

import (
	"math/rand/v2"
	"strings"
)

// generator makes dotenv files, most of which have something that one of the
// libraries reads in its own way.
type generator struct{ *rand.Rand }

// Parts of a file. What comes first is common, and chosen as often as all others.
var (
	exports = []string{"", "export ", "export\t", "export  ", "  ", "export \t ", "\t"}
	names   = []string{"A", "B", "DB_USER", "a.b", "_X1", "export", "X-Y", "1A", "é", "A B", "__proto__", "toString", ".A", "a/b", "A[0]"}
	equals  = []string{"=", " = ", " =", "= ", "\t=", "=\t", "=  ", ": "}
	ends    = []string{"\n", "\n\n", "\n# note\n", "\r\n", " \n", "\t\n", " # why\n", "\t# why\n", "# why\n", " # a # b\n", " #\n", " # it's \"\n", " # B=x\n", " #a#b\n", "\n \t\n", " \u2028\n"}
	plain   = []string{"x", "value", "p4ss", "7", "-", "a b", "é🔑", "https://u:p@h/p?q=1&r=2", "=", ":", ","}
	special = []string{" ", "  ", "\t", "#", " #", "'", `"`, "`", `\`, `\\`, `\n`, `\r`, `\t`, `\"`, `\'`, `\b`, `\/`, `\u0041`, `\$`, "\\\n", "$", "$$", "$A", "${A}", "$B", "${DB_USER}", "$x", "${x}", "$X", "${X:-y}", "${", "}", "$(A)", "$(x)", "$1", "{", "[", "]", "\n", "\n\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\u00a0", "\u0085", "\u2028", "\u3000", "\ufeff", "\nB=x\n", "!", "%", "&", ";", "|", "<", "@", "~", "^", "*", "?", "(", ")", `{"a": "b"}`, `"a"`, "'a'", "`a`", "export ", "\x00", "\x1b"}
)

// choose returns one of parts, the first half of the time.
func (g generator) choose(parts []string) string {
	if g.IntN(2) == 0 {
		return parts[0]
	}
	return parts[g.IntN(len(parts))]
}

func (g generator) file() string {
	if g.IntN(3) == 0 {
		return g.soup()
	}
	var b strings.Builder
	for i := range 1 + g.IntN(3) {
		name := names[i]
		if g.IntN(8) == 0 {
			name = names[g.IntN(len(names))]
		}
		b.WriteString(g.choose(exports) + name + g.choose(equals) + g.value() + g.choose(ends))
	}
	return strings.TrimSuffix(b.String(), strings.Repeat("\n", g.IntN(2)))
}

// soup returns a file of a few characters in any order, of which each means something
// to some library.
func (g generator) soup() string {
	characters := []rune("AB=:'\"`\\#$({}nrtxe \t\n\r-.,é\u00a0")
	var b strings.Builder
	b.WriteString("A=")
	for range 1 + g.IntN(9) {
		b.WriteRune(characters[g.IntN(len(characters))])
	}
	return b.String() + "\nB=x\n"
}

func (g generator) value() string {
	quote := []string{"", "'", `"`}[g.IntN(3)]
	if g.IntN(30) == 0 {
		quote = "`"
	}
	text := g.text()
	switch {
	case quote == "":
		text = strings.NewReplacer("\r", "", "\n", "").Replace(text)
	case g.IntN(8) > 0:
		text = strings.ReplaceAll(text, quote, "")
	case g.IntN(8) == 0:
		return quote + text
	}
	return quote + text + quote
}

func (g generator) text() string {
	var b strings.Builder
	for range g.IntN(4) {
		if g.IntN(4) > 0 {
			b.WriteString(plain[g.IntN(len(plain))])
		} else {
			b.WriteString(special[g.IntN(len(special))])
		}
	}
	return b.String()
}
