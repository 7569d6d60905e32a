package sync

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// The keys of a manifest, of one of its environments and of its tables.
var (
	environmentKeys = []string{"api-url", "tenants", "include", "exclude", "overwrite", "names", "prune"}
	topKeys         = append(slices.Clip(environmentKeys), "environments")
	pruneKeys       = []string{"scope", "max-deletes"}
	nameKeys        = []string{"from", "format", "required"}
)

// manifest reads the whole of it.
func (r *manifestReader) manifest(tree map[string]any) *Manifest {
	top, at := &Manifest{}, spot{reader: r}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		switch {
		case key == "environments":
		case slices.Contains(topKeys, key):
			top.read(at.key(key), key, tree[key])
		default:
			at.key(key).unknown("a manifest", topKeys)
		}
	}
	checkRequired(at, top, &Manifest{})
	if v, ok := tree["environments"]; ok {
		top.readEnvironments(at.key("environments"), v)
	}
	return top
}

func (m *Manifest) readEnvironments(at spot, v any) {
	table, ok := v.(map[string]any)
	if !ok {
		at.wrong("expected a table", "write [environments.NAME] above what it says")
		return
	}
	m.environments = map[string]*Manifest{}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		m.environments[name] = m.readEnvironment(at.key(name), name, table[name])
	}
}

// readEnvironment is what an environment says; m is the top.
func (m *Manifest) readEnvironment(at spot, name string, v any) *Manifest {
	e := &Manifest{}
	if strings.TrimSpace(name) == "" {
		at.wrongKey("an environment's name is empty", "name it, such as [environments.staging]")
	}
	table, ok := v.(map[string]any)
	if !ok {
		at.wrong("expected a table", "write [environments.NAME] above what it says")
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if slices.Contains(environmentKeys, key) {
			e.read(at.key(key), key, table[key])
		} else {
			at.key(key).unknown("an environment", environmentKeys)
		}
	}
	checkRequired(at, e, m)
	return e
}

// read reads one key of the top or of an environment.
func (m *Manifest) read(at spot, key string, v any) {
	switch key {
	case "api-url":
		m.APIURL = at.apiURL(v)
	case "tenants":
		m.Tenants = at.tenants(v)
	case "include":
		m.Include = at.globs(v)
	case "exclude":
		m.Exclude = at.globs(v)
	case "overwrite":
		m.Overwrite = at.overwrites(v)
	case "names":
		m.Names = at.names(v)
	case "prune":
		m.Prune = at.prune(v)
	}
}

func (s spot) names(v any) map[string]NameRule {
	table, ok := v.(map[string]any)
	if !ok {
		s.wrong("expected a table", `write [names] above lines such as NAME = "CI_NAME"`)
		return nil
	}
	names := make(map[string]NameRule, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		at := s.key(name)
		if err := prefect.CheckName(name); err != nil {
			at.wrongKey(err.Error(), "no store takes it; choose another")
		}
		names[name] = at.nameRule(name, table[name])
	}
	return names
}

// nameRule reads the CI name, or a table with from.
func (s spot) nameRule(name string, v any) NameRule {
	if table, ok := v.(map[string]any); ok {
		return s.nameTable(table)
	}
	text, ok := v.(string)
	switch {
	case ok:
		return NameRule{From: s.ciName(text), At: s.place(text)}
	case slices.Contains(topKeys, name):
		s.wrong("expected a CI name", name+" of the manifest itself stands above its first [table]")
	default:
		s.wrong("expected a CI name", `give it as a string, or as a table such as { from = "CI_NAME", required = true }`)
	}
	return NameRule{}
}

func (s spot) nameTable(table map[string]any) (rule NameRule) {
	if _, ok := table["from"]; !ok {
		s.wrong("it names no CI secret", `add from = "CI_NAME"`)
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		at, v := s.key(key), table[key]
		switch key {
		case "from":
			if text, ok := at.text(v); ok {
				rule.From, rule.At = at.ciName(text), at.place(text)
			}
		case "format":
			rule.Format = at.format(v)
		case "required":
			rule.Required = at.boolean(v)
		default:
			at.unknown("an entry of [names]", nameKeys)
		}
	}
	return rule
}

func (s spot) ciName(text string) string {
	if strings.TrimSpace(text) == "" {
		s.wrong("it names no CI secret", "give the name of one")
	} else if prefect.CheckName(text) != nil {
		s.wrong("this is too long for a name", fmt.Sprintf("a CI name has at most %d bytes; give the name, not the value", prefect.MaxName))
	}
	return text
}

// formats are the names of formats.
var formats = []string{"auto", string(FormatString), string(FormatJSON), string(FormatRaw)}

func (s spot) format(v any) Format {
	text, ok := s.text(v)
	if !ok {
		return FormatAuto
	}
	f, err := ParseFormat(text)
	if err == nil && text != "" {
		return f
	}
	s.wrong("unknown format", nearest.Hint(text, formats, "a format is auto, string, json or raw"))
	return FormatAuto
}

func (s spot) prune(v any) (p Prune) {
	table, ok := v.(map[string]any)
	if !ok {
		s.wrong("expected a table", `write [prune] above lines such as scope = ["team_*"]`)
		return p
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		at, v := s.key(key), table[key]
		switch key {
		case "scope":
			p.Scope = at.globs(v)
		case "max-deletes":
			p.MaxDeletes = at.count(v)
		default:
			at.unknown("[prune]", pruneKeys)
		}
	}
	return p
}
