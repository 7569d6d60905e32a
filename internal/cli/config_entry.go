package cli

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// configEntry is one setting in the JSON document: a value where JSON has one,
// else what Python's repr prints.
type configEntry struct {
	Path   []string        `json:"path"`
	Type   string          `json:"type"`
	Value  json.RawMessage `json:"value,omitempty"`
	Repr   string          `json:"repr,omitempty"`
	Masked bool            `json:"masked,omitempty"`
	Origin string          `json:"origin"`
}

func quotedPath(path []string) string {
	parts := make([]string, len(path))
	for i, part := range path {
		parts[i] = tomlpos.QuoteKey(part)
	}
	return strings.Join(parts, ".")
}

// jsonOf is a value as JSON, or nil if JSON cannot hold it.
func jsonOf(v any) json.RawMessage {
	switch v := v.(type) {
	case nil, bool, string, int64, *big.Int:
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return json.RawMessage(prefect.Entry{Value: v}.Repr())
	case []any:
		return jsonList(v)
	case map[string]any:
		return jsonTable(v)
	default:
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return text
}

func jsonList(list []any) json.RawMessage {
	parts := make([]json.RawMessage, len(list))
	for i, item := range list {
		if parts[i] = jsonOf(item); parts[i] == nil {
			return nil
		}
	}
	text, _ := json.Marshal(parts)
	return text
}

func jsonTable(table map[string]any) json.RawMessage {
	parts := make(map[string]json.RawMessage, len(table))
	for name, item := range table {
		if parts[name] = jsonOf(item); parts[name] == nil {
			return nil
		}
	}
	text, _ := json.Marshal(parts)
	return text
}
