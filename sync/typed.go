package sync

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// The types of scalars in a plan.
const (
	typeNumber  = "number"
	typeBoolean = "boolean"
)

// typedEntry returns an entry whose value is valid JSON, but neither a string nor
// null.
func typedEntry(name string, raw json.RawMessage) Entry {
	var compact bytes.Buffer
	_ = json.Compact(&compact, raw)
	return Entry{Name: name, Text: prefect.TextValue(compact.String()), format: FormatJSON, kind: describeType(raw)}
}

// describeType returns the type of a value that is not a string, for a plan.
func describeType(raw json.RawMessage) string {
	var keys map[string]json.RawMessage
	var items []json.RawMessage
	switch jsonType(raw) {
	case "an object":
		_ = json.Unmarshal(raw, &keys)
		return withCount("object", len(keys), "key")
	case "an array":
		_ = json.Unmarshal(raw, &items)
		return withCount("list", len(items), "item")
	case "a boolean":
		return typeBoolean
	default:
		return typeNumber
	}
}

func withCount(container string, n int, part string) string {
	if n != 1 {
		part += "s"
	}
	return fmt.Sprintf("%s with %d %s", container, n, part)
}

// encode returns how the entry is sent under the format of its rule. Typed JSON that
// Prefect cannot read is sent as a string, unless the rule has another format.
func (e Entry) encode(rule Format, s sending) (encoding, error) {
	text := e.Text.RevealText()
	if e.kind != "" && rule == FormatAuto && s.NotParsed {
		rule = FormatString
	}
	sent, err := s.encode(e.formatUnder(rule), text)
	switch {
	case e.kind == "":
		return sent, err
	case err != nil && rule == FormatAuto:
		sent, err = stringEncoding(text), nil
		sent.reason = e.kind + "; sent as a string, because it " + exceedsLimits
	case sent.parsed:
		sent.reason = e.kind
	default:
		sent.reason = e.kind + "; sent as a string"
	}
	return sent, err
}
