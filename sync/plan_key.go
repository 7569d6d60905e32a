package sync

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// keyIn says that an entry equals or contains a key of the run, which no flow is to get;
// empty if it does not. An entry with the name of a key's variable counts as a key as
// well, such as that of another run, and is sent only if it is asked for by its name.
func (p *planner) keyIn(name, text string, listed bool) string {
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
	if slices.Contains(apikey.Variables, name) && text != "" && !listed && !slices.Contains(p.in.Rules.Include, name) {
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
