package prefect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
)

// unwrapped returns a [Value] or json.RawMessage as Go values, and anything else as it
// is.
func unwrapped(v any) (any, error) {
	switch v := v.(type) {
	case Value:
		return decoded(v.Reveal())
	case json.RawMessage:
		return decoded(v)
	default:
		return v, nil
	}
}

func decoded(raw json.RawMessage) (any, error) {
	var v any
	if decode(bytes.NewReader(raw), &v) != nil {
		return nil, errors.New("the value is not JSON")
	}
	return v, nil
}

// decode reads JSON, with numbers as json.Number where the type leaves that open.
func decode(text io.Reader, target any) error {
	dec := json.NewDecoder(text)
	dec.UseNumber()
	return dec.Decode(target)
}

// textOf returns the text of what Python's json.loads reads: a string or bytes.
func textOf(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

// parsed returns what a flow sees, by Prefect's rule: a string or bytes that json.loads
// reads become the result, anything else stays as it is.
func parsed(v any) (any, error) {
	text, ok := textOf(v)
	if !ok {
		return v, nil
	}
	loaded, err := pyjson.Loads(text)
	if errors.Is(err, pyjson.ErrNotJSON) {
		return v, nil
	}
	return loaded, err
}

// decodeInto stores v in a target of the type that the caller of [Get] chose.
func decodeInto[T any](target *T, v any) error {
	switch target := any(target).(type) {
	case *string:
		return decodeIntoString(target, v)
	case *any:
		loaded, err := parsed(v)
		*target = loaded
		return err
	}
	if typed, ok := v.(T); ok {
		*target = typed
		return nil
	}
	text, isText := textOf(v)
	if !isText {
		raw, err := NewValue(v)
		if err != nil {
			return err
		}
		text = string(raw.Reveal())
	}
	if !json.Valid([]byte(text)) {
		return fmt.Errorf("it is a string, not JSON of the type %T", *target)
	}
	if decode(strings.NewReader(text), target) != nil {
		return fmt.Errorf("its JSON does not fit the type %T", *target)
	}
	return nil
}

func decodeIntoString(target *string, v any) error {
	text, isText := textOf(v)
	if !isText {
		raw, err := NewValue(v)
		*target = string(raw.Reveal())
		return err
	}
	*target = text
	if loaded, err := pyjson.Loads(text); err == nil {
		if s, ok := loaded.(string); ok {
			*target = s
		}
	}
	return nil
}
