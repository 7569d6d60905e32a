package tomlpos

import "fmt"

// Error is the first fault in a text that is not TOML 1.0. Offsets are in bytes.
type Error struct {
	Problem    Problem
	Start, End int    // of the fault; equal at the end of the text
	Statement  int    // start of the key or header that the error belongs to
	Named      bool   // that key or header was read in full
	Origin     int    // where the unclosed or redefined thing begins; -1 if there is none
	Node       NodeID // what is redefined; Root for any other error
}

// Problem is a kind of fault.
type Problem uint8

const (
	NotUTF8 Problem = iota + 1
	UTF16
	Binary
	ControlCharacter
	LoneReturn
	TooDeep

	NoKey
	EmptyKeyPart
	BareKey
	MultilineKey
	NoEquals
	UnclosedHeader
	Trailing

	NoValue
	TwoEquals
	Unquoted
	BadNumber
	NumberRange
	BadDate
	UnclosedString
	UnclosedMultiline
	BadEscape
	BadCodePoint

	NoComma
	ExtraComma
	UnclosedArray
	UnclosedTable

	InlineNewline
	InlineTrailingComma
	EscapeE
	EscapeX
	NoSeconds

	DuplicateKey
	DuplicateTable
	DottedTable
	ExtendsTable
	ExtendsInline
	ExtendsArray
	ExtendsTables
	ExtendsValue
)

var problems = [...]string{
	NotUTF8:          "the file is not UTF-8",
	UTF16:            "the file is UTF-16; TOML is UTF-8",
	Binary:           "the file has a NUL byte, which TOML does not allow",
	ControlCharacter: "control character: write it as an escape, such as \\u001B",
	LoneReturn:       "carriage return without a line feed",
	TooDeep:          fmt.Sprintf("this nests more than %d levels deep, which is as far as prefect-secrets reads", MaxDepth),

	NoKey:          "a key is missing here",
	EmptyKeyPart:   "a part of a dotted key is missing here",
	BareKey:        "a key without quotes holds only A-Z, a-z, 0-9, _ and -",
	MultilineKey:   "a key cannot be a multi-line string",
	NoEquals:       "an equals sign is missing after the key",
	UnclosedHeader: "the table header is not closed here",
	Trailing:       "the line should end here",

	NoValue:           "a value is missing here",
	TwoEquals:         "there is one equals sign too many",
	Unquoted:          "not a TOML value: quote strings, and write true and false in lower case",
	BadNumber:         "this is not a number that TOML knows",
	NumberRange:       "this number does not fit into 64 bits",
	BadDate:           "this is not a date or time that exists",
	UnclosedString:    "this string has no closing quote on its line",
	UnclosedMultiline: "this multi-line string has no closing quotes",
	BadEscape:         "TOML has no such escape; write a backslash as \\\\, or use single quotes",
	BadCodePoint:      "this escape names no Unicode character",

	NoComma:       "a comma or a closing bracket is missing here",
	ExtraComma:    "there is a comma too many here",
	UnclosedArray: "this array is never closed",
	UnclosedTable: "this inline table is never closed",

	InlineNewline:       "an inline table is on one line in TOML 1.0: only TOML 1.1 allows a new line here",
	InlineTrailingComma: "an inline table has no comma before its end in TOML 1.0; only TOML 1.1 allows it",
	EscapeE:             "the escape \\e is TOML 1.1; write \\u001B",
	EscapeX:             "the escape \\x is TOML 1.1; write \\u00 and the two digits",
	NoSeconds:           "a time without seconds is TOML 1.1; add :00",

	DuplicateKey:   "this key is defined twice",
	DuplicateTable: "this table is defined twice",
	DottedTable:    "this table is already defined by dotted keys",
	ExtendsTable:   "a dotted key cannot add to a table that has its own header",
	ExtendsInline:  "an inline table cannot be added to",
	ExtendsArray:   "an array cannot be added to",
	ExtendsTables:  "this is already an array of tables",
	ExtendsValue:   "this is already a value, and cannot be a table too",
}

// String returns a message that quotes nothing of the text.
func (p Problem) String() string { return problems[p] }

// Redefinition reports whether the text is well-formed here, and only defines something
// twice.
func (p Problem) Redefinition() bool { return p >= DuplicateKey && p <= ExtendsValue }
