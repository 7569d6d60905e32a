package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// jsonMistake is why a text is not valid JSON, and where.
type jsonMistake struct {
	at  int
	why string
}

const unknownMistake = "not valid JSON here"

// findMistake returns the mistake that stopped encoding/json. The end of its message
// says what it expected; the beginning, which quotes the text, is not used.
func findMistake(data []byte, err *json.SyntaxError) jsonMistake {
	at := min(max(int(err.Offset)-1, 0), len(data)-1)
	message := err.Error()
	expected := func(end string) bool { return strings.HasSuffix(message, end) }
	switch {
	case expected("in string literal"):
		return jsonMistake{at, mistakeInString(data[at])}
	case strings.Contains(message, "in string escape code"), strings.Contains(message, `in \u hexadecimal`):
		return jsonMistake{at, `a backslash in a string that begins no escape of JSON: write \\ for a backslash`}
	case strings.Contains(message, "max depth"):
		return jsonMistake{at, "nested too deeply: write the value as a string"}
	case isForeignSpace(data[at:]):
		return jsonMistake{at, "a special space, such as a no-break space, outside a string: write an ordinary one"}
	case data[at] == '/' || data[at] == '#':
		return jsonMistake{at, "JSON has no comments: remove this one"}
	case expected("after top-level value"):
		return jsonMistake{at, "there is text after the end of the JSON"}
	case expected("after object key"):
		return jsonMistake{at, "expected a : between the name and its value"}
	case expected("after object key:value pair"), expected("after array element"):
		return jsonMistake{at, mistakeAfterValue(data, at)}
	case expected("looking for beginning of object key string"), expected("looking for beginning of value"):
		return mistakeBeforeValue(data, at, expected("value"))
	case strings.Contains(message, "in literal"):
		return jsonMistake{at, mistakeInWord(data, at)}
	case strings.Contains(message, "numeric literal"), strings.Contains(message, "decimal point"), strings.Contains(message, "exponent"):
		return jsonMistake{at, "not a number of JSON: put it in double quotes"}
	}
	return jsonMistake{at, unknownMistake}
}

// whyNotJSON says where a text is not JSON, and why. It quotes nothing of the text.
func whyNotJSON(text string) string {
	var ignored json.RawMessage
	var syntax *json.SyntaxError
	if !utf8.ValidString(text) || !errors.As(json.Unmarshal([]byte(text), &ignored), &syntax) {
		return "it is not UTF-8"
	}
	mistake := jsonMistake{len(text), endsTooEarly}
	if !strings.HasPrefix(syntax.Error(), "unexpected end") {
		mistake = findMistake([]byte(text), syntax)
	}
	for _, why := range foreignWords {
		if mistake.why == why {
			mistake.why = "a word that JSON does not have" // the text may be that word alone
		}
	}
	source := newSourceText("", []byte(text))
	line, column := source.position(mistake.at)
	return fmt.Sprintf("at %d:%d, %s", line, column, mistake.why)
}

const endsTooEarly = "the JSON ends too early: it was cut off, or a bracket or quotation mark is not closed"

// isForeignSpace reports whether a text begins with white space that JSON does not allow
// between its parts.
func isForeignSpace(text []byte) bool {
	first, _ := utf8.DecodeRune(text)
	return isOddSpace(first) && first != '\r' && first != '\n'
}

func mistakeInString(c byte) string {
	if c == '\n' || c == '\r' {
		return `a line end in a string: write \n for it, or close the string with "`
	}
	return `a control character in a string: write it as an escape, such as \t`
}

// mistakeAfterValue says what is wrong with a character after a value.
func mistakeAfterValue(data []byte, at int) string {
	switch c := data[at]; {
	case c == '}' || c == ']':
		return "mismatched brackets: { needs }, and [ needs ]"
	case isDigit(c) && isDigit(data[at-1]):
		return "a number with a 0 before it: put it in double quotes"
	case isDigit(data[at-1]) && isLetter(c):
		return "not a number of JSON: put it in double quotes"
	case isLetter(c) && data[at-1] == '"':
		return `expected a comma: a " inside a string needs a backslash before it`
	}
	return "expected a comma before this"
}

// mistakeBeforeValue says what is wrong with a character where a value begins, or a
// name.
func mistakeBeforeValue(data []byte, at int, isValue bool) jsonMistake {
	before := bytes.TrimRight(data[:at], " \t\r\n")
	var previous byte
	if len(before) > 0 {
		previous = before[len(before)-1]
	}
	switch c := data[at]; {
	case previous == ',' && (c == '}' || c == ']'):
		return jsonMistake{len(before) - 1, "JSON allows no comma before " + string(c)}
	case c == ',' && previous != ':':
		return jsonMistake{at, "a comma with nothing before it: remove it"}
	case c == ',' || c == '}' || c == ']':
		return jsonMistake{at, "a value is missing before this"}
	case c == '\'' || c == '`' || bytes.HasPrefix(data[at:], []byte("“")) || bytes.HasPrefix(data[at:], []byte("‘")):
		return jsonMistake{at, `not JSON's quotation mark: write "x" for 'x'`}
	case !isValue:
		return jsonMistake{at, "a name must be in double quotes"}
	case bytes.HasPrefix(data[at:], []byte("${{")):
		return jsonMistake{at, "an expression that was not evaluated: GitHub does that in a workflow file"}
	case c == '+' || c == '.' || c == '-':
		return jsonMistake{at, "not a number of JSON: put it in double quotes"}
	}
	return jsonMistake{at, mistakeInWord(data, at)}
}

var wordAround = lazyregexp.New(`^(True|False|None|NaN|Infinity|undefined)\b`)

// foreignWords are what other languages write for a value.
var foreignWords = map[string]string{
	"True": "Python's True: write true, or let json.dumps write the file", "False": "Python's False: write false, or let json.dumps write the file",
	"None": "Python's None: JSON has null, which no store accepts", "undefined": "JSON has no undefined",
	"NaN": "JSON has no NaN: put it in double quotes", "Infinity": "JSON has no Infinity: put it in double quotes",
}

// mistakeInWord says what is wrong with a word that has a character at an offset.
func mistakeInWord(data []byte, at int) string {
	for at > 0 && isLetter(data[at-1]) {
		at--
	}
	if word := wordAround().FindSubmatch(data[at:]); word != nil {
		return foreignWords[string(word[1])]
	}
	return "a string must be in double quotes"
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
