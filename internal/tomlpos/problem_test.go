package tomlpos

import (
	"strings"
	"testing"
)

// errorTests has each problem at least once. In marked a "^" is before the problem; init
// sets text and offset.
var errorTests = []struct {
	marked  string
	text    string
	offset  int
	problem Problem
}{
	{marked: "a = 'x^\xff'", problem: NotUTF8},
	{marked: "# ok\nbroken ^\xc3(", problem: NotUTF8},
	{marked: "^\xff\xfea\x00", problem: UTF16},
	{marked: "^a\x00=\x001\x00", problem: UTF16},
	{marked: "a = 1\n^\x00", problem: Binary},
	{marked: "a = 'x^\x01'", problem: ControlCharacter},
	{marked: "# x^\x7f", problem: ControlCharacter},
	{marked: "a = \"\"\"^\x0b\"\"\"", problem: ControlCharacter},
	{marked: "a = ^\x1b", problem: ControlCharacter},
	{marked: "a = 1^\rb = 2", problem: LoneReturn},
	{marked: "a = [1,^\r2]", problem: LoneReturn},
	{marked: "# c^\r", problem: LoneReturn},
	{marked: "^= 1", problem: NoKey},
	{marked: "[^]", problem: NoKey},
	{marked: "a. ^= 1", problem: EmptyKeyPart},
	{marked: "^.a = 1", problem: EmptyKeyPart},
	{marked: "[a.^.b]", problem: EmptyKeyPart},
	{marked: "^é = 1", problem: BareKey},
	{marked: "a^é = 1", problem: BareKey},
	{marked: "a^[0] = 1", problem: BareKey},
	{marked: "[ ^[a]]", problem: BareKey},
	{marked: `^"""a""" = 1`, problem: MultilineKey},
	{marked: "a^", problem: NoEquals},
	{marked: "a ^b = 1", problem: NoEquals},
	{marked: "a ^# = 1", problem: NoEquals},
	{marked: "a^\nb = 1", problem: NoEquals},
	{marked: "[a^", problem: UnclosedHeader},
	{marked: "[a^\nb = 1", problem: UnclosedHeader},
	{marked: "[[a^] ]", problem: UnclosedHeader},
	{marked: "a = 1 ^b = 2", problem: Trailing},
	{marked: "[a] ^b = 2", problem: Trailing},
	{marked: "a = \"x\"^\"", problem: Trailing},
	{marked: "a =^\nb = 1", problem: NoValue},
	{marked: "a = ^", problem: NoValue},
	{marked: "a = ^# c", problem: NoValue},
	{marked: "a = ^hello", problem: Unquoted},
	{marked: "a = ^True", problem: Unquoted},
	{marked: "a = ^= 1", problem: TwoEquals},
	{marked: "a =^= 1", problem: TwoEquals},
	{marked: "a=^b=1", problem: TwoEquals},
	{marked: "a = ^bm90IGE==", problem: Unquoted},
	{marked: "a = ^https://example.com/?b=1", problem: Unquoted},
	{marked: "a = ^Inf", problem: BadNumber},
	{marked: "a = ^$NAME", problem: Unquoted},
	{marked: "a = ^007", problem: BadNumber},
	{marked: "a = ^1__0", problem: BadNumber},
	{marked: "a = ^.5", problem: BadNumber},
	{marked: "a = ^5.", problem: BadNumber},
	{marked: "a = ^0x", problem: BadNumber},
	{marked: "a = ^0x-1", problem: BadNumber},
	{marked: "a = ^+0b1", problem: BadNumber},
	{marked: "a = ^10.0.0.1", problem: BadNumber},
	{marked: "a = ^9223372036854775808", problem: NumberRange},
	{marked: "a = ^1e999", problem: NumberRange},
	{marked: "a = ^2021-02-29", problem: BadDate},
	{marked: "a = ^25:00:00", problem: BadDate},
	{marked: "a = ^1979-05-27T07:32:00+12:60", problem: BadDate},
	{marked: "a = ^\"x\nb = 1", problem: UnclosedString},
	{marked: "a = ^'x", problem: UnclosedString},
	{marked: "a = ^\"\"\"x\n\"\"", problem: UnclosedMultiline},
	{marked: "a = ^'''x", problem: UnclosedMultiline},
	{marked: `a = "C:^\Users"`, problem: BadEscape},
	{marked: `a = "^\u12"`, problem: BadEscape},
	{marked: `a = """^\ x"""`, problem: BadEscape},
	{marked: `a = "^\ud800"`, problem: BadCodePoint},
	{marked: `a = "^\U00110000"`, problem: BadCodePoint},
	{marked: "a = [1 ^2]", problem: NoComma},
	{marked: "a = [\n1\n^b = 2\n]", problem: NoComma},
	{marked: "a = {b = 1 ^c = 2}", problem: NoComma},
	{marked: "a = [1,^,2]", problem: ExtraComma},
	{marked: "a = [^,]", problem: ExtraComma},
	{marked: "a = {b = 1,^, c = 1}", problem: ExtraComma},
	{marked: "a = ^[1,\n2", problem: UnclosedArray},
	{marked: "a = ^{b = 1\n", problem: UnclosedTable},
	{marked: "a = ^{b = 1", problem: UnclosedTable},
	{marked: "a = {^\nb = 1}", problem: InlineNewline},
	{marked: "a = {b = 1^, }", problem: InlineTrailingComma},
	{marked: `a = "^\e[0m"`, problem: EscapeE},
	{marked: `a = "^\x41"`, problem: EscapeX},
	{marked: "a = ^07:32", problem: NoSeconds},
	{marked: "a = ^1979-05-27 07:32Z", problem: NoSeconds},
	{marked: "a = 1\n^a = 2", problem: DuplicateKey},
	{marked: "a.b.c = 1\na.^b = 2", problem: DuplicateKey},
	{marked: "a = {b = 1, ^b = 2}", problem: DuplicateKey},
	{marked: "[a]\n[^a]", problem: DuplicateTable},
	{marked: "[a]\n[[^a]]", problem: DuplicateTable},
	{marked: "[a]\nb.c = 1\n[a.^b]", problem: DottedTable},
	{marked: "[a]\nb.c.d = 1\n[a.b.^c]", problem: DottedTable},
	{marked: "[a.b.c]\nz = 9\n[a]\nb.^c.t = 1", problem: ExtendsTable},
	{marked: "[a.b.c]\n[a]\nb.d = 1\n[a.^b]", problem: DottedTable},
	{marked: "a = {}\n[^a.b]", problem: ExtendsInline},
	{marked: "a = {}\n^a.b = 1", problem: ExtendsInline},
	{marked: "a = {b = {c = 1}, ^b.d = 2}", problem: ExtendsInline},
	{marked: "a = []\n[[^a]]", problem: ExtendsArray},
	{marked: "[[a.b]]\n[a]\n^b.c = 1", problem: ExtendsTables},
	{marked: "[[a]]\n[^a]", problem: ExtendsTables},
	{marked: "a = 1\n[^a.b]", problem: ExtendsValue},
	{marked: "a = 1\n^a.b = 1", problem: ExtendsValue},
}

func init() {
	for i := range errorTests {
		e := &errorTests[i]
		e.offset = strings.IndexByte(e.marked, '^')
		e.text = e.marked[:e.offset] + e.marked[e.offset+1:]
	}
}

func TestScanErrors(t *testing.T) {
	seen := map[Problem]bool{}
	for _, tt := range errorTests {
		d, err := Scan(tt.text)
		if err == nil {
			t.Errorf("%q: no error", tt.marked)
			continue
		}
		seen[err.Problem] = true
		if err.Problem != tt.problem || err.Start != tt.offset {
			t.Errorf("%q: got %q at %d, want %q at %d", tt.marked, err.Problem, err.Start, tt.problem, tt.offset)
		}
		checkError(t, d, err)
	}
	for p := range problems {
		if p > 0 && !seen[Problem(p)] && Problem(p) != TooDeep {
			t.Errorf("no case for %q", Problem(p))
		}
	}
}

// In each text a "^" is before the origin of the error.
func TestErrorNamesTheOrigin(t *testing.T) {
	for marked, problem := range map[string]Problem{
		"x = 1\n^a.b = 1\n[c]\n[a]":    DottedTable,
		"[x.^y]\n[x.y.z]\n[x.y]":       DuplicateTable,
		"[^a.b]\nc = 1\n[a]\n[a]":      DuplicateTable,
		"a = 1\nb = ^[\n1\n2":          NoComma,
		"[[^a]]\n[[a.b]]\n[[a]]\n[a]":  ExtendsTables,
		"a = {^b = 1, c = 2, b = 3}\n": DuplicateKey,
	} {
		want := strings.IndexByte(marked, '^')
		_, err := Scan(strings.Replace(marked, "^", "", 1))
		if err == nil || err.Problem != problem || err.Origin != want {
			t.Errorf("%q: got %+v, want an origin at %d", marked, err, want)
		}
	}
}
