package sync

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
)

// keyReason says that an entry equals or contains a key of the run, which no flow is to get;
// empty if it does not. An entry with the name of a key's variable counts as a key as
// well, such as that of another run, and is sent only if it is asked for by its name.
func (p *planner) keyReason(name, text string, listed bool) string {
	for _, value := range p.in.Keys {
		key := strings.TrimSpace(value.RevealText())
		switch {
		case key == "":
		case isKey(text, key):
			return "its value is the API key of this run"
		case slices.ContainsFunc(stringsIn(text), func(s string) bool { return isKey(s, key) }):
			return "it holds the API key of this run"
		}
	}
	if slices.Contains(apikey.Names, name) && text != "" && !listed && !slices.Contains(p.in.Rules.Include, name) {
		return "this is the name of an API key; give it a name in [names] if flows are to read it"
	}
	return ""
}

// isKey compares without surrounding spaces, which a key is never sent with, and
// without the quotation marks of a JSON string.
func isKey(text, key string) bool {
	if text = strings.TrimSpace(text); text == key {
		return true
	}
	var quoted string
	return json.Unmarshal([]byte(text), &quoted) == nil && strings.TrimSpace(quoted) == key
}

// stringsIn returns the strings in a JSON object or array, without the keys.
func stringsIn(text string) []string {
	if !startsWithBracket(text) {
		return nil
	}
	loaded, err := pyjson.Loads(text)
	if err != nil {
		return nil
	}
	return appendStrings(nil, loaded)
}

func appendStrings(found []string, v any) []string {
	switch v := v.(type) {
	case string:
		return append(found, v)
	case []any:
		for _, inner := range v {
			found = appendStrings(found, inner)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = appendStrings(found, v[key])
		}
	}
	return found
}
