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

// Format is how a CI text becomes a secret's value. Reading a secret, Prefect
// runs json.loads on its text, so the text 123456 would reach a flow as a number.
type Format string

const (
	// FormatAuto, the zero value, sends a JSON object or array as JSON, and any
	// other text so that a flow gets that text.
	FormatAuto Format = ""
	// FormatString sends every text so that a flow gets that text.
	FormatString Format = "string"
	// FormatJSON sends JSON and fails on anything else, and on null.
	FormatJSON Format = "json"
	// FormatRaw sends the text as it is, whatever Prefect then makes of it.
	FormatRaw Format = "raw"
)

// ParseFormat reads auto, string, json or raw.
func ParseFormat(text string) (Format, error) {
	switch f := Format(text); f {
	case FormatString, FormatJSON, FormatRaw:
		return f, nil
	case "auto", FormatAuto:
		return FormatAuto, nil
	}
	return "", fmt.Errorf("unknown format %q: it is auto, string, json or raw", text)
}

// Value is what a store is to hold so that a flow gets what f promises. It fails
// if the text does not fit f, and never quotes it.
func (f Format) Value(text string) (prefect.Value, error) {
	encoded, err := f.encode(text)
	return encoded.value, err
}

// encoding is a text on its way into the store.
type encoding struct {
	value  prefect.Value
	parsed bool   // a flow gets what json.loads makes of the text, not the text
	reason string // why the value looks unlike the text, if it does
}

// encode gives a flow what f promises. The error never quotes the text.
func (f Format) encode(text string) (encoding, error) {
	switch f {
	case FormatRaw:
		return encoding{value: prefect.TextValue(text), parsed: true}, nil
	case FormatJSON:
		return jsonEncoding(text)
	case FormatAuto:
		if structured(text) {
			return jsonEncoding(text)
		}
		if pythonOnly(text) {
			return encoding{prefect.TextValue(text), true, "JSON to Python alone; sent as it is"}, nil
		}
	}
	return textEncoding(text), nil
}

// textEncoding gives a flow the text, quoted if json.loads would read it.
func textEncoding(text string) encoding {
	if _, err := pyjson.Loads(text); errors.Is(err, pyjson.ErrNotJSON) {
		return encoding{value: prefect.TextValue(text)}
	}
	quoted := string(prefect.TextValue(text).Reveal())
	return encoding{value: prefect.TextValue(quoted), reason: quotedReason(text)}
}

func jsonEncoding(text string) (encoding, error) {
	if !json.Valid([]byte(text)) {
		return encoding{}, errors.New("its value is not JSON, as its format says")
	}
	if strings.TrimSpace(text) == "null" {
		return encoding{}, errors.New("its value is JSON null, which no store accepts")
	}
	loaded, err := pyjson.Loads(text)
	if err != nil {
		return encoding{}, errors.New("its value " + unreadable)
	}
	if surrogate.Lone([]byte(text)) || deeper(loaded, boxDepth) {
		return encoding{prefect.TextValue(text), true, kindOfJSON(text)}, nil
	}
	if quoted, ok := loaded.(string); ok {
		return encoding{textEncoding(quoted).value, true, kindOfJSON(text)}, nil
	}
	value, err := prefect.NewValue(json.RawMessage(text))
	return encoding{value, true, kindOfJSON(text)}, err
}

// unreadable is what a text does that is JSON and that pyjson.Loads refuses.
var unreadable = fmt.Sprintf("opens more than %d brackets, or has a number of more than %d digits, which Prefect cannot read", pyjson.MaxDepth, pyjson.MaxDigits)

// boxDepth is how deep JSON nests that Prefect's client can take apart: it makes a
// Box of an answer, which costs several of CPython's 1,000 frames a level (1.4.1
// gives up before 500). Deeper JSON goes as text, which json.loads reads.
const boxDepth = 100

// deeper reports whether what Loads gave nests deeper than depth.
func deeper(loaded any, depth int) bool {
	switch v := loaded.(type) {
	case map[string]any:
		for _, inner := range v {
			if deeper(inner, depth-1) {
				return true
			}
		}
		return depth <= 0
	case []any:
		return depth <= 0 || slices.ContainsFunc(v, func(inner any) bool { return deeper(inner, depth-1) })
	}
	return false
}

// structured reports whether text is a JSON object or array that Prefect can read.
func structured(text string) bool { return python(text) && portable(text) }

// pythonOnly reports whether text is an object or array to Python and not to
// every store: there is NaN or Infinity in it, or half a surrogate pair.
func pythonOnly(text string) bool { return python(text) && !portable(text) }

// python reports whether json.loads makes an object or array of text.
func python(text string) bool {
	if !bracketed(text) {
		return false
	}
	_, err := pyjson.Loads(text)
	return err == nil
}

func portable(text string) bool { return json.Valid([]byte(text)) && !surrogate.Lone([]byte(text)) }

func bracketed(text string) bool {
	text = strings.TrimLeft(text, " \t\n\r")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

func kindOfJSON(text string) string {
	switch strings.TrimLeft(text, " \t\n\r")[0] {
	case '{':
		return "a JSON object; a flow gets a dict"
	case '[':
		return "a JSON array; a flow gets a list"
	default:
		return "a JSON scalar; a flow gets its value"
	}
}

// quotedReason says why a text is JSON-quoted, in the words of what it is.
func quotedReason(text string) string {
	const so = "; quoted, so that a flow gets text and not "
	bare := strings.Trim(text, " \t\n\r")
	switch {
	case bare != "" && strings.Trim(bare, "0123456789") == "":
		if bare != text {
			return "digits between blanks" + so + "a number"
		}
		return "digits only" + so + "a number"
	case bare == "true" || bare == "false":
		return "JSON's word for a boolean" + so + "True or False"
	case bare == "null":
		return "JSON's null" + so + "None"
	case strings.HasPrefix(bare, `"`):
		return "a JSON string" + so + "what it quotes"
	case bracketed(text):
		return "JSON, or what Prefect cannot read" + so + "what json.loads makes of it"
	default:
		return "a number to json.loads" + so + "a number"
	}
}
