package prefect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Value is a secret's value: any JSON, with every digit.
//
// It prints as [redacted] under every verb of fmt, in log/slog, in templates, as
// JSON and in go-cmp's differences. Only [Value.Reveal] and [Value.RevealText]
// return what it holds. The zero Value is JSON null, which no store accepts.
type Value struct {
	// A closure, because fmt walks into unexported fields of the struct that holds a
	// Value, where it calls no method; of a func it prints an address.
	reveal func() json.RawMessage
}

// NewValue returns v as JSON. A Value stays as it is; a json.RawMessage must be
// valid JSON. The error never quotes v.
func NewValue(v any) (Value, error) {
	if v, ok := v.(Value); ok {
		return v, nil
	}
	raw, err := encode(v)
	if err != nil {
		return Value{}, fmt.Errorf("a value of type %T cannot be written as JSON", v)
	}
	return Value{reveal: func() json.RawMessage { return raw }}, nil
}

// encode returns JSON without white space between tokens, and with < and > as they are.
func encode(v any) (json.RawMessage, error) {
	if raw, ok := v.(json.RawMessage); ok && raw != nil {
		buf := bytes.NewBuffer(make([]byte, 0, len(raw)))
		err := json.Compact(buf, raw)
		return buf.Bytes(), err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// TextValue returns the JSON string that holds text, with invalid UTF-8 replaced by
// U+FFFD, as in encoding/json.
func TextValue(text string) Value {
	v, _ := NewValue(text)
	return v
}

// Reveal returns the value as JSON, in a copy.
func (v Value) Reveal() json.RawMessage { return bytes.Clone(v.raw()) }

// raw returns the value as JSON, which the caller must not change.
func (v Value) raw() json.RawMessage {
	if v.reveal == nil {
		return json.RawMessage("null")
	}
	return v.reveal()
}

// RevealText returns the contents of a JSON string, and "" for any other value.
func (v Value) RevealText() string {
	var text string
	_ = json.Unmarshal(v.raw(), &text)
	return text
}

// Equal reports whether both hold the same JSON, byte for byte. go-cmp compares
// Values with it.
func (v Value) Equal(w Value) bool { return bytes.Equal(v.raw(), w.raw()) }

// Format writes [redacted], whatever the verb.
func (Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String returns [redacted].
func (Value) String() string { return redacted }

// LogValue returns [redacted].
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns the JSON string "[redacted]".
func (Value) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// MarshalText returns [redacted].
func (Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }
