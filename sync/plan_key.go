package sync

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

// keyIn says that an entry is or holds a key of the run, which no flow is to get;
// empty if it does not. What goes by the name of a key's variable is a key as well,
// such as the one of another run, and is sent only if it is asked for by its name.
func (p *planner) keyIn(name, text string, listed bool) string {
	for _, value := range append(slices.Clone(p.in.OtherKeys), p.in.APIKey) {
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

// isKey compares without the spaces around, which a key is never sent with, and
// without the quotation marks of a JSON string.
func isKey(text, key string) bool {
	if text = strings.TrimSpace(text); text == key {
		return true
	}
	var quoted string
	return json.Unmarshal([]byte(text), &quoted) == nil && strings.TrimSpace(quoted) == key
}
