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

// namesFile holds the names and aliases of the characters of Unicode 14.0, from
// CPython 3.11's unicodedata and the Unicode Character Database (NameAliases). Each
// line holds a name. If the character does not directly follow that of the line
// before, the name is preceded by the distance and a tab. Hangul syllables and unified
// ideographs are not listed: rules name them.
//
//go:embed names.deflate
var namesFile []byte

var loadRunes = sync.OnceValue(func() map[string]rune {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(namesFile)))
	if err != nil {
		panic("names.deflate: " + err.Error())
	}
	runes := make(map[string]rune, 35_000)
	r := rune(-1)
	for line := range strings.SplitSeq(string(text), "\n") {
		distance, name, found := strings.Cut(line, "\t")
		step := 1
		if found {
			step, _ = strconv.Atoi(distance)
		} else {
			name = distance
		}
		r += rune(step)
		runes[name] = r
	}
	return runes
})

// runeByName returns the character of \N{name}. Names in namesFile match in any case,
// the names by rule only in upper case.
func runeByName(name string) (rune, bool) {
	if syllable, ok := strings.CutPrefix(name, "HANGUL SYLLABLE "); ok {
		return hangulSyllable(syllable)
	}
	if digits, ok := strings.CutPrefix(name, "CJK UNIFIED IDEOGRAPH-"); ok {
		return ideograph(digits)
	}
	r, ok := loadRunes()[strings.ToUpper(name)]
	return r, ok
}

// ideographs holds the first and last character of each block (CPython 3.11,
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

// Short names of the parts of a syllable (Unicode Character Database, Jamo.txt).
var (
	leadingJamo  = strings.Split("G GG N D DD R M B BB S SS  J JJ C K T P H", " ")
	vowelJamo    = strings.Split("A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I", " ")
	trailingJamo = strings.Split(" G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H", " ")
)

func hangulSyllable(syllable string) (rune, bool) {
	leading, rest, hasLeading := cutLongest(syllable, leadingJamo)
	vowel, rest, hasVowel := cutLongest(rest, vowelJamo)
	trailing, rest, hasTrailing := cutLongest(rest, trailingJamo)
	r := 0xAC00 + (leading*len(vowelJamo)+vowel)*len(trailingJamo) + trailing
	return rune(r), hasLeading && hasVowel && hasTrailing && rest == ""
}

// cutLongest returns the index of the longest of parts with which s begins, and the
// rest of s.
func cutLongest(s string, parts []string) (index int, rest string, ok bool) {
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
