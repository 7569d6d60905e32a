package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Format is how a string from CI becomes a secret's value. When a flow reads a secret,
// Prefect runs json.loads on its string, so 123456 would reach the flow as a number.
type Format string

const (
	// FormatAuto, the zero value, sends a JSON object or array as JSON. Of any other
	// string, a flow gets exactly that string.
	FormatAuto Format = ""
	// FormatString sends every string so that a flow gets exactly that string.
	FormatString Format = "string"
	// FormatJSON sends JSON and fails on anything else, and on null.
	FormatJSON Format = "json"
	// FormatRaw sends the string as it is, whatever Prefect makes of it.
	FormatRaw Format = "raw"
)

// UnmarshalText reads auto, string, json or raw; an empty string is auto, and anything
// else an error.
func (f *Format) UnmarshalText(text []byte) error {
	switch read := Format(text); read {
	case FormatString, FormatJSON, FormatRaw:
		*f = read
	case "auto", FormatAuto:
		*f = FormatAuto
	default:
		return unknownFormat(string(text))
	}
	return nil
}

func unknownFormat(name string) error {
	return fmt.Errorf("unknown format %q: use auto, string, json or raw", name)
}

// Value returns what a store must hold so that a flow gets what f promises. It fails
// if the string does not fit f, or if f is unknown; the error never quotes the string.
func (f Format) Value(text string) (prefect.Value, error) {
	encoded, err := f.encode(text)
	return encoded.value, err
}

// encoding is a string of CI as it is sent to the store.
type encoding struct {
	value  prefect.Value
	parsed bool   // whether a flow gets what json.loads makes of the string
	reason string // why the value differs from the string; empty if it does not
}

// encode returns how text is sent so that a flow gets what f promises. The error
// never quotes it.
func (f Format) encode(text string) (encoding, error) {
	switch f {
	case FormatRaw:
		return encoding{value: prefect.TextValue(text), parsed: true}, nil
	case FormatJSON:
		return jsonEncoding(text)
	case FormatAuto:
		if isContainer(text) {
			return jsonEncoding(text)
		}
		if isPythonOnly(text) {
			return encoding{prefect.TextValue(text), true, "JSON only to Python; sent as it is"}, nil
		}
	case FormatString:
	default:
		return encoding{}, unknownFormat(string(f))
	}
	return stringEncoding(text), nil
}

// stringEncoding gives a flow the string itself. It is quoted if json.loads would
// parse it.
func stringEncoding(text string) encoding {
	if _, err := pyjson.Loads(text); errors.Is(err, pyjson.ErrNotJSON) {
		return encoding{value: prefect.TextValue(text)}
	}
	return encoding{value: quotedValue(text), reason: quotedReason(text)}
}

// quotedValue returns a string in JSON's quotation marks, which json.loads removes.
func quotedValue(text string) prefect.Value {
	return prefect.TextValue(string(prefect.TextValue(text).Reveal()))
}

// flowValue returns what a flow is to get of the text that was encoded.
func (e encoding) flowValue(text string) any {
	if e.parsed {
		if v, err := pyjson.Loads(text); err == nil {
			return v
		}
	}
	return text
}

// jsonEncoding gives a flow what json.loads makes of the text.
func jsonEncoding(text string) (encoding, error) {
	if !json.Valid([]byte(text)) {
		return encoding{}, fmt.Errorf("format is json, but the value is not JSON: %s", whyNotJSON(text))
	}
	if strings.TrimSpace(text) == "null" {
		return encoding{}, errors.New("the value is JSON null, which no store accepts")
	}
	loaded, err := pyjson.Loads(text)
	if err != nil {
		return encoding{}, errors.New("its value " + exceedsLimits)
	}
	if surrogate.Lone([]byte(text)) || nestsDeeper(loaded, maxBoxDepth) {
		return encoding{prefect.TextValue(text), true, jsonReason(text)}, nil
	}
	if quoted, ok := loaded.(string); ok {
		return encoding{stringEncoding(quoted).value, true, jsonReason(text)}, nil
	}
	value, err := prefect.NewValue(json.RawMessage(text))
	return encoding{value, true, jsonReason(text)}, err
}

// exceedsLimits is what is wrong with JSON that pyjson.Loads refuses.
var exceedsLimits = fmt.Sprintf("opens more than %d brackets, or has a number of more than %d digits, which Prefect cannot read", pyjson.MaxDepth, pyjson.MaxDigits)

// maxBoxDepth is how deep JSON may nest in an answer to Prefect's client: the client
// makes a Box of the answer, which takes several of CPython's 1,000 frames a level
// (1.4.1 fails before 500). Deeper JSON is sent as a string, which json.loads
// parses.
const maxBoxDepth = 100

// nestsDeeper reports whether a result of [pyjson.Loads] nests deeper than depth.
func nestsDeeper(loaded any, depth int) bool {
	switch v := loaded.(type) {
	case map[string]any:
		for _, inner := range v {
			if nestsDeeper(inner, depth-1) {
				return true
			}
		}
		return depth <= 0
	case []any:
		return depth <= 0 || slices.ContainsFunc(v, func(inner any) bool { return nestsDeeper(inner, depth-1) })
	}
	return false
}

// isContainer reports whether text is a JSON object or array that Prefect can read.
func isContainer(text string) bool { return loadsContainer(text) && isPortable(text) }

// isPythonOnly reports whether text is an object or array to Python but not to every
// store, because it has NaN or Infinity in it, or half of a surrogate pair.
func isPythonOnly(text string) bool { return loadsContainer(text) && !isPortable(text) }

// loadsContainer reports whether json.loads makes an object or array of text.
func loadsContainer(text string) bool {
	if !startsWithBracket(text) {
		return false
	}
	_, err := pyjson.Loads(text)
	return err == nil
}

func isPortable(text string) bool { return json.Valid([]byte(text)) && !surrogate.Lone([]byte(text)) }

func startsWithBracket(text string) bool {
	text = strings.TrimLeft(text, " \t\n\r")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// jsonReason says in a plan what a flow gets of JSON.
func jsonReason(text string) string {
	switch strings.TrimLeft(text, " \t\n\r")[0] {
	case '{':
		return "a JSON object; a flow gets a dict"
	case '[':
		return "a JSON array; a flow gets a list"
	default:
		return "a JSON scalar; a flow gets its value"
	}
}

// quotedReason says in a plan why a string is sent in JSON's quotation marks.
func quotedReason(text string) string {
	const asString = ": sent as a string"
	trimmed := strings.Trim(text, " \t\n\r")
	onlyDigits := trimmed != "" && strings.Trim(trimmed, "0123456789") == ""
	switch {
	case onlyDigits && trimmed != text:
		return "digits between spaces" + asString
	case onlyDigits:
		return "all digits" + asString
	case trimmed == "true" || trimmed == "false":
		return "JSON's true or false" + asString
	case trimmed == "null":
		return "JSON's null" + asString
	case strings.HasPrefix(trimmed, `"`):
		return "a JSON string: sent with its quotation marks"
	case startsWithBracket(text):
		return "looks like JSON" + asString
	default:
		return "looks like a number" + asString
	}
}
