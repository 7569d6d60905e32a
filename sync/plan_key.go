package sync

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
)

// keyReason returns why an entry is skipped as an API key; empty if it is not. A key of
// this run is never sent. Any other key is sent only if the rules name it: an entry with
// the name of a key's variable, or whose value is or contains a key of any kind of store.
func (p *planner) keyReason(name, text string, listed bool) string {
	found := stringsIn(text)
	for _, value := range p.in.Keys {
		key := strings.TrimSpace(value.RevealText())
		switch {
		case key == "":
		case isKey(text, key):
			return isRunKey
		case slices.ContainsFunc(found, func(s string) bool { return isKey(s, key) }):
			return holdsRunKey
		}
	}
	switch {
	case text == "" || listed || slices.Contains(p.in.Rules.Include, name) || slices.Contains(p.in.Rules.Include, p.storedOrSame(name)):
		return ""
	case slices.Contains(apikey.Names, name):
		return hasKeyName
	case apikey.HoldsKey(text):
		return holdsKey
	}
	return ""
}

// Why an entry is skipped as an API key, and what to do about one that flows need.
const (
	isRunKey    = "its value is the API key of this run"
	holdsRunKey = "it holds the API key of this run"
	hasKeyName  = "this is the name of an API key; give it a name in [names] if flows are to read it"
	holdsKey    = "it holds an API key; give it a name in [names] if flows are to read it"
)

// manyKeys has the same reasons for several entries.
var manyKeys = map[string]string{
	isRunKey:    "their values are the API key of this run",
	holdsRunKey: "they hold the API key of this run",
	hasKeyName:  "these are the names of API keys; give them names in [names] if flows are to read them",
	holdsKey:    "they hold API keys; give them names in [names] if flows are to read them",
}

// isKey reports whether text is a key. It ignores spaces around it, without which every key
// is sent, and the quotation marks of a JSON string.
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
