package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Origin is where a setting comes from; the zero value is a default.
type Origin struct {
	File string // the file, as it was named; empty for a Text without a name
	Env  string // the environment variable
}

// Entry is one setting of a config. The values are bool, string, nil for None,
// int64, *big.Int, float64, complex128, []byte, []any, [pyliteral.Tuple],
// [pyliteral.Set], [pyliteral.Ellipsis], an empty or nested dict as map[string]any,
// time.Duration for a delay, and time.Time, whose location is named date-local,
// time-local or datetime-local where TOML has no zone.
type Entry struct {
	Path   []string
	Value  any
	Origin Origin
	// Missing is what the setting refers to without finding it: the variable of a
	// string that is $NAME alone, which stays as it is, or the contents of ${...},
	// which the string has lost. Empty without such a reference. It may be a part of a
	// value: a password with ${ in it looks the same.
	Missing string
	// Written is the name in the file of a secret that has a lower-case name because
	// the environment sets it; empty if the name is as written.
	Written string

	python any // Value, with its dicts in Python's order
}

// Format writes only the path, whatever the verb: the value may be secret.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "{%s}", strings.Join(e.Path, ".")) }

// Type returns Python's name for the type of the value, such as str or NoneType.
func (e Entry) Type() string { return pyliteral.TypeName(e.Value) }

// Repr returns the value as Python's repr prints it.
func (e Entry) Repr() string {
	if e.python != nil {
		return pyliteral.Repr(e.python)
	}
	return pyliteral.Repr(e.Value)
}

// JSON returns the value as JSON that json.loads turns into the same value again:
// whole floats keep their .0, the keys of tables are sorted. It fails on what JSON
// lacks, even inside a list or table: a tuple, set, date, time, bytes, NaN, an
// infinity, a complex number, an ellipsis, a string that is not UTF-8. The error
// names the type, never the value.
func (e Entry) JSON() (json.RawMessage, error) { return appendJSON(nil, e.Value) }

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
		return appendString(out, v), nil
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

// appendString quotes a string, and leaves <, > and & as they are.
func appendString(out []byte, s string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // no string fails
	return append(out, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
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
