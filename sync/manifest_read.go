package sync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// readManifest reads the whole of a manifest.
func readManifest(root tomlfile.Value) *Manifest {
	top := &Manifest{}
	root.Table("a manifest", "", top.fields())
	checkRequired(root, top, &Manifest{})
	return top
}

// fields are the keys of a manifest.
func (m *Manifest) fields() []tomlfile.Field {
	return append(m.environmentFields(), tomlfile.Field{Name: "environments", Read: m.readEnvironments})
}

// environmentFields are the keys of a manifest that an environment has, too.
func (m *Manifest) environmentFields() []tomlfile.Field {
	return []tomlfile.Field{
		{Name: "api-url", Read: tomlfile.Into(&m.APIURL, readAPIURL)},
		{Name: "tenants", Read: tomlfile.Into(&m.Tenants, readTenants)},
		{Name: "include", Read: tomlfile.Into(&m.Include, readGlobs)},
		{Name: "exclude", Read: tomlfile.Into(&m.Exclude, readGlobs)},
		{Name: "overwrite", Read: tomlfile.Into(&m.Overwrite, readOverwrites)},
		{Name: "names", Read: tomlfile.Into(&m.Names, readNames)},
		{Name: "prune", Read: tomlfile.Into(&m.Prune, readPrune)},
	}
}

// misplaced is the hint for a key of the manifest itself that a table has.
func misplaced(key tomlfile.Value) string {
	if !slices.ContainsFunc((&Manifest{}).fields(), func(f tomlfile.Field) bool { return f.Name == key.Name() }) {
		return ""
	}
	return key.Name() + " of the manifest itself stands above its first [table]"
}

const aboveEnvironment = "write [environments.NAME] above what it says"

func (m *Manifest) readEnvironments(v tomlfile.Value) {
	m.environments = map[string]*Manifest{}
	v.Entries(aboveEnvironment, func(v tomlfile.Value) { m.environments[v.Name()] = m.readEnvironment(v) })
}

// readEnvironment is what an environment says; m is the top.
func (m *Manifest) readEnvironment(v tomlfile.Value) *Manifest {
	if strings.TrimSpace(v.Name()) == "" {
		v.WrongKey("an environment's name is empty", "name it, such as [environments.staging]")
	}
	e := &Manifest{}
	v.Table("an environment", aboveEnvironment, e.environmentFields())
	checkRequired(v, e, m)
	return e
}

func readNames(v tomlfile.Value) map[string]NameRule {
	names := map[string]NameRule{}
	v.Entries(`write [names] above lines such as NAME = "CI_NAME"`, func(v tomlfile.Value) {
		if err := secretname.Check(v.Name()); err != nil {
			v.WrongKey(err.Error(), "no store takes it; choose another")
		}
		names[v.Name()] = readNameRule(v)
	})
	return names
}

// readNameRule reads the CI name, or a table with from.
func readNameRule(v tomlfile.Value) (rule NameRule) {
	switch v.Any().(type) {
	case map[string]any:
		return readNameTable(v)
	case string:
		rule.readFrom(v)
	default:
		hint := misplaced(v)
		if hint == "" {
			hint = `give it as a string, or as a table such as { from = "CI_NAME", required = true }`
		}
		v.Wrong("expected a CI name", hint)
	}
	return rule
}

func readNameTable(v tomlfile.Value) (rule NameRule) {
	if v.Key("from").Any() == nil {
		v.Wrong("it names no CI secret", `add from = "CI_NAME"`)
	}
	v.Table("an entry of [names]", "", []tomlfile.Field{
		{Name: "from", Read: rule.readFrom},
		{Name: "format", Read: tomlfile.Into(&rule.Format, readFormat)},
		{Name: "required", Read: tomlfile.Into(&rule.Required, tomlfile.Value.Bool)},
	})
	return rule
}

// readFrom reads a CI name. Where it stands is kept only of one that reports are not
// to show.
func (r *NameRule) readFrom(v tomlfile.Value) {
	text, ok := v.Text()
	switch {
	case !ok:
		return
	case strings.TrimSpace(text) == "":
		v.Wrong("it names no CI secret", "give the name of one")
	case secretname.Check(text) != nil:
		v.Wrong("this is too long for a name", fmt.Sprintf("a CI name has at most %d bytes; give the name, not the value", secretname.Max))
	}
	r.From = text
	if !ciName.MatchString(text) {
		r.At = v.Place()
	}
}

// formats are the names of formats.
var formats = []string{"auto", string(FormatString), string(FormatJSON), string(FormatRaw)}

func readFormat(v tomlfile.Value) Format {
	text, ok := v.Text()
	if !ok {
		return FormatAuto
	}
	f, err := ParseFormat(text)
	if err == nil && text != "" {
		return f
	}
	v.Wrong("unknown format", nearest.Hint(text, formats, "a format is auto, string, json or raw"))
	return FormatAuto
}

func readPrune(v tomlfile.Value) (p Prune) {
	v.Table("[prune]", `write [prune] above lines such as scope = ["team_*"]`, []tomlfile.Field{
		{Name: "scope", Read: tomlfile.Into(&p.Scope, readGlobs)},
		{Name: "max-deletes", Read: tomlfile.Into(&p.MaxDeletes, readCount)},
	})
	return p
}
