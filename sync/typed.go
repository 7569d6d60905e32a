package sync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// What a plan calls scalars.
const (
	typeNumber  = "number"
	typeBoolean = "boolean"
)

// typedEntry is a secret whose value is valid JSON other than a string or null.
func typedEntry(name string, raw json.RawMessage) Entry {
	var compact bytes.Buffer
	_ = json.Compact(&compact, raw)
	return Entry{Name: name, Text: prefect.TextValue(compact.String()), Format: FormatJSON, Type: typeOf(raw)}
}

// typeOf is what a plan calls a value that is not a string.
func typeOf(raw json.RawMessage) string {
	var keys map[string]json.RawMessage
	var items []json.RawMessage
	switch kindOf(raw) {
	case "an object":
		_ = json.Unmarshal(raw, &keys)
		return counted("object", len(keys), "key")
	case "an array":
		_ = json.Unmarshal(raw, &items)
		return counted("list", len(items), "item")
	case "a boolean":
		return typeBoolean
	default:
		return typeNumber
	}
}

func counted(kind string, n int, part string) string {
	if n != 1 {
		part += "s"
	}
	return fmt.Sprintf("%s with %d %s", kind, n, part)
}

// encode is how the entry goes into the store, by its rule's format. Typed JSON that
// Prefect cannot read goes as a string where no rule says otherwise.
func (e Entry) encode(rule Format) (encoding, error) {
	text := e.Text.RevealText()
	sent, err := e.format(rule).encode(text)
	switch {
	case e.Type == "":
		return sent, err
	case err != nil && rule == FormatAuto:
		sent, err = textEncoding(text), nil
		sent.reason = e.Type + "; sent as a string, because it " + unreadable
	case sent.parsed:
		sent.reason = e.Type
	default:
		sent.reason = e.Type + "; sent as a string"
	}
	return sent, err
}

// stringsIn are the strings of typed JSON, or of a text that is an object or array.
func stringsIn(text string) []string {
	if !bracketed(text) {
		return nil
	}
	loaded, err := pyjson.Loads(text)
	if err != nil {
		return nil
	}
	return leaves(loaded)
}

func leaves(v any) (found []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, inner := range v {
			found = append(found, leaves(inner)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, leaves(v[key])...)
		}
	}
	return found
}
