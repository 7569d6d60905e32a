package sync

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Manifest is prefect-secrets.toml: what goes where, reviewed like code. It holds
// no values.
type Manifest struct {
	APIURL  string   // api-url; empty if it names none
	Tenants []string // slugs or ids; empty means the key's own tenant
	Rules
	Prune Prune
}

// ParseManifest reads a manifest. The error names the file and the key.
func ParseManifest(name string, text []byte) (*Manifest, error) {
	var tree map[string]any
	if _, err := toml.Decode(string(text), &tree); err != nil {
		return nil, manifestSyntax(name, err)
	}
	m := &Manifest{}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if err := m.read(key, tree[key]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// manifestSyntax keeps nothing of the decoder's own text, which quotes the input.
func manifestSyntax(name string, err error) error {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s: not valid TOML near line %d: prefect-secrets check shows the place", name, parse.Position.Line)
	}
	return fmt.Errorf("%s: not valid TOML", name)
}

func (m *Manifest) read(key string, v any) (err error) {
	switch key {
	case "api-url":
		m.APIURL, err = asText(key, v)
	case "include":
		m.Include, err = asTexts(key, v)
	case "exclude":
		m.Exclude, err = asTexts(key, v)
	case "names":
		m.Names, err = asNames(v)
	default:
		err = fmt.Errorf("unknown key %q: a manifest has api-url, include, exclude and [names]", key)
	}
	return err
}

func asText(key string, v any) (string, error) {
	text, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%s: a text was due", key)
	}
	return text, nil
}

func asTexts(key string, v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s: a list of texts was due", key)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		text, err := asText(key, item)
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	return texts, nil
}

func asNames(v any) (map[string]NameRule, error) {
	table, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("names: a table was due: [names]")
	}
	names := make(map[string]NameRule, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		rule, err := asNameRule(table[name])
		if err == nil {
			err = prefect.CheckName(name)
		}
		if err != nil {
			return nil, fmt.Errorf("names: %q: %w", name, err)
		}
		names[name] = rule
	}
	return names, nil
}

func asNameRule(v any) (rule NameRule, err error) {
	table, ok := v.(map[string]any)
	if !ok {
		rule.From, err = asText("the CI name", v)
		return rule, notEmpty(rule.From, err)
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if err := rule.read(key, table[key]); err != nil {
			return rule, err
		}
	}
	return rule, notEmpty(rule.From, nil)
}

func (r *NameRule) read(key string, v any) (err error) {
	switch key {
	case "from":
		r.From, err = asText(key, v)
	case "format":
		var text string
		if text, err = asText(key, v); err == nil {
			r.Format, err = ParseFormat(text)
		}
	case "required":
		var ok bool
		if r.Required, ok = v.(bool); !ok {
			err = errors.New("required: true or false was due")
		}
	default:
		err = fmt.Errorf("unknown key %q: there are from, format and required", key)
	}
	return err
}

func notEmpty(from string, err error) error {
	if err == nil && strings.TrimSpace(from) == "" {
		return errors.New("it names no CI secret: give one, or a table with from")
	}
	return err
}
