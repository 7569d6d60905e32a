package pyliteral

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"io"
	"strconv"
	"strings"
	"sync"
)

// namesFile holds the characters of Unicode 14.0 by name and by alias, as
// CPython 3.11's unicodedata and the Unicode Character Database (NameAliases)
// have them: one name a line, before it and a tab the distance from the
// character of the line before, where that is not 1. Hangul syllables and
// unified ideographs are named by rule and not in it.
//
//go:embed names.deflate
var namesFile []byte

var charactersByName = sync.OnceValue(func() map[string]rune {
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(namesFile)))
	if err != nil {
		panic("names.deflate: " + err.Error())
	}
	names := make(map[string]rune, 35_000)
	r := rune(-1)
	for line := range strings.SplitSeq(string(all), "\n") {
		distance, name, found := strings.Cut(line, "\t")
		step := 1
		if found {
			step, _ = strconv.Atoi(distance)
		} else {
			name = distance
		}
		r += rune(step)
		names[name] = r
	}
	return names
})

// Named is the character of \N{name}. The case of a name that stands in
// the table does not matter.
func Named(name string) (rune, bool) {
	if syllable, ok := strings.CutPrefix(name, "HANGUL SYLLABLE "); ok {
		return hangul(syllable)
	}
	if digits, ok := strings.CutPrefix(name, "CJK UNIFIED IDEOGRAPH-"); ok {
		return ideograph(digits)
	}
	r, ok := charactersByName()[strings.ToUpper(name)]
	return r, ok
}

// ideographs are the first and last of each block (CPython 3.11,
// Modules/unicodedata.c, is_unified_ideograph).
var ideographs = [][2]rune{
	{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B738},
	{0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}, {0x30000, 0x3134A},
}

func ideograph(digits string) (rune, bool) {
	if len(digits) != 4 && len(digits) != 5 || strings.Trim(digits, "0123456789ABCDEF") != "" {
		return 0, false
	}
	n, _ := strconv.ParseInt(digits, 16, 32)
	for _, block := range ideographs {
		if r := rune(n); block[0] <= r && r <= block[1] {
			return r, true
		}
	}
	return 0, false
}

// The short names of the parts of a syllable (Unicode Character Database,
// Jamo.txt).
var (
	leadingJamo  = strings.Split("G GG N D DD R M B BB S SS  J JJ C K T P H", " ")
	vowelJamo    = strings.Split("A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I", " ")
	trailingJamo = strings.Split(" G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H", " ")
)

func hangul(syllable string) (rune, bool) {
	l, rest, ok1 := longestPart(syllable, leadingJamo)
	v, rest, ok2 := longestPart(rest, vowelJamo)
	t, rest, ok3 := longestPart(rest, trailingJamo)
	r := 0xAC00 + (l*len(vowelJamo)+v)*len(trailingJamo) + t
	return rune(r), ok1 && ok2 && ok3 && rest == ""
}

func longestPart(s string, parts []string) (index int, rest string, ok bool) {
	for i, part := range parts {
		if strings.HasPrefix(s, part) && (!ok || len(part) > len(parts[index])) {
			index, ok = i, true
		}
	}
	if ok {
		rest = s[len(parts[index]):]
	}
	return index, rest, ok
}
