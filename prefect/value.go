package prefect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Value is a secret's value: any JSON, every digit of it kept.
//
// It prints as [redacted] under every verb of fmt, in log/slog, in templates, as
// JSON and in go-cmp's differences. [Value.Reveal], and for a text
// [Value.RevealText], is the one way out. The zero Value is JSON null, which no store accepts.
type Value struct {
	// A closure, because fmt walks into unexported fields of the struct that
	// holds a Value, where it calls no method; of a func it prints an address.
	reveal func() json.RawMessage
}

// NewValue is v as JSON. A Value stays as it is; json.RawMessage must be valid
// JSON. The error never quotes v.
func NewValue(v any) (Value, error) {
	if v, ok := v.(Value); ok {
		return v, nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return Value{}, fmt.Errorf("a value of type %T cannot be written as JSON", v)
	}
	raw := json.RawMessage(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	return Value{reveal: func() json.RawMessage { return raw }}, nil
}

// TextValue is the JSON string that holds text. Invalid UTF-8 in it is replaced
// by U+FFFD, as encoding/json does.
func TextValue(text string) Value {
	v, _ := NewValue(text)
	return v
}

// Reveal returns the value as JSON. The caller gets a copy.
func (v Value) Reveal() json.RawMessage {
	if v.reveal == nil {
		return json.RawMessage("null")
	}
	return bytes.Clone(v.reveal())
}

// RevealText returns the text that a JSON string holds; it is empty for any other
// value.
func (v Value) RevealText() string {
	var text string
	_ = json.Unmarshal(v.Reveal(), &text)
	return text
}

// Equal reports whether both hold the same JSON, byte for byte.
func (v Value) Equal(w Value) bool { return bytes.Equal(v.Reveal(), w.Reveal()) }

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
