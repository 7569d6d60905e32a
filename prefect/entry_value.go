package prefect

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// EntryValue is the value of a config's entry, as JSON that json.loads turns into
// the same again: whole floats keep their .0, the keys of tables are sorted. It
// fails on what JSON lacks, even inside a list or table: a tuple, set, date, time,
// bytes, NaN, an infinity, a complex number, an ellipsis, text that is not UTF-8.
// The error names the type, never the value.
func EntryValue(e config.Entry) (Value, error) {
	raw, err := appendJSON(nil, e.Value)
	if err != nil {
		return Value{}, err
	}
	return NewValue(json.RawMessage(raw))
}

func appendJSON(out []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool, int64, *big.Int:
		return fmt.Append(out, v), nil
	case string:
		if !utf8.ValidString(v) {
			return nil, errors.New("of type str that is not UTF-8")
		}
		return append(out, TextValue(v).Reveal()...), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errors.New("of type float that is NaN or infinite, which JSON lacks")
		}
		return append(out, pyliteral.Float(v)...), nil
	case []any:
		return appendList(out, v)
	case map[string]any:
		return appendTable(out, v)
	}
	return nil, fmt.Errorf("of type %s, which JSON lacks", pyliteral.TypeName(v))
}

func appendList(out []byte, list []any) (_ []byte, err error) {
	out = append(out, '[')
	for i, item := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendJSON(out, item); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendTable(out []byte, table map[string]any) (_ []byte, err error) {
	out = append(out, '{')
	for i, name := range slices.Sorted(maps.Keys(table)) {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendJSON(out, name); err != nil {
			return nil, err
		}
		if out, err = appendJSON(append(out, ':'), table[name]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}
