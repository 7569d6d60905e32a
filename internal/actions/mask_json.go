package actions

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
)

// jsonSecrets collects the strings and numbers of an object or list that are secrets.
type jsonSecrets struct{ secrets []string }

// maxNesting is how deep JSON in strings of JSON is read.
const maxNesting = 4

// secretsInJSON reads the value of a key, and reports whether it is an object or list.
func secretsInJSON(key, text string) (found jsonSecrets, ok bool) {
	ok = found.read(key, text, maxNesting)
	return found, ok
}

// read reads JSON in which strings may hold JSON to the given depth. It reports whether
// text is an object or list.
func (j *jsonSecrets) read(key, text string, depth int) bool {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' || !json.Valid([]byte(text)) {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	j.value(dec, key, depth)
	return true
}

// value reads one value, token by token: a map would drop the first of two equal keys.
// The elements of a list have the key of the list.
func (j *jsonSecrets) value(dec *json.Decoder, key string, depth int) {
	token, _ := dec.Token()
	switch token := token.(type) {
	case json.Delim:
		for dec.More() {
			name := key
			if token == '{' {
				next, _ := dec.Token()
				name, _ = next.(string)
			}
			j.value(dec, name, depth)
		}
		_, _ = dec.Token()
	case string:
		j.text(key, token, depth)
	case json.Number:
		if check.IsSecretKey(key) {
			j.secrets = append(j.secrets, string(token))
		}
	}
}

func (j *jsonSecrets) text(key, text string, depth int) {
	isJSON := depth > 0 && j.read(key, text, depth-1)
	if check.IsNestedSecret(key, text) && (!isJSON || check.IsSecretKey(key)) {
		j.secrets = append(j.secrets, text)
	}
}

// isPublicLine reports whether a line is an element of a list that is not a secret, or
// a list on one line.
func (j *jsonSecrets) isPublicLine(line string) bool {
	line = strings.TrimSuffix(strings.TrimSpace(line), ",")
	var v any
	if json.Unmarshal([]byte(line), &v) != nil {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		return false
	case string:
		return !slices.Contains(j.secrets, v)
	}
	return true
}
