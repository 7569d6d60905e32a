package cli

import (
	"encoding/json"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
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
