package sync

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// readManifest reads a manifest with its environments.
func readManifest(root tomlfile.Value) *Manifest {
	top := &Manifest{}
	root.Table("a manifest", "", top.fields())
	checkRequired(root, top, &Manifest{})
	checkStore(root, top, &Manifest{})
	return top
}

// fields returns the keys of a manifest.
func (m *Manifest) fields() []tomlfile.Field {
	return append(m.environmentFields(), tomlfile.Field{Name: "environments", Read: m.readEnvironments})
}

// environmentFields returns the keys that a manifest and its environments have.
func (m *Manifest) environmentFields() []tomlfile.Field {
	fields := []tomlfile.Field{
		{Name: "api-url", Read: tomlfile.Into(&m.APIURL, readAPIURL)},
		{Name: storekind.StoreSetting, Read: tomlfile.Into(&m.Store, readStore), Unlisted: true},
		{Name: "tenants", Read: tomlfile.Into(&m.Tenants, readTenants)},
		{Name: "include", Read: tomlfile.Into(&m.Include, readGlobs)},
		{Name: "exclude", Read: tomlfile.Into(&m.Exclude, readGlobs)},
		{Name: "overwrite", Read: tomlfile.Into(&m.Overwrite, readOverwrites)},
		{Name: "names", Read: tomlfile.Into(&m.Names, readNames)},
		{Name: "prune", Read: tomlfile.Into(&m.Prune, readPrune)},
	}
	for _, kind := range storekind.All {
		for _, s := range kind.Settings {
			fields = append(fields, tomlfile.Field{Name: s.Name, Read: m.readSetting, Unlisted: true})
		}
	}
	return fields
}

// misplacedHint returns the hint for a key of the manifest itself that is in a
// table; it is empty for any other key.
func misplacedHint(key tomlfile.Value) string {
	if !slices.ContainsFunc((&Manifest{}).fields(), func(f tomlfile.Field) bool { return f.Name == key.Name() }) {
		return ""
	}
	return key.Name() + " belongs at the top of the manifest, above its first [table]"
}

// environmentForm is the hint for environments that are not tables.
const environmentForm = "write its settings below [environments.NAME]"

func (m *Manifest) readEnvironments(v tomlfile.Value) {
	m.environments = map[string]*Manifest{}
	v.Entries(environmentForm, func(v tomlfile.Value) { m.environments[v.Name()] = m.readEnvironment(v) })
}

// readEnvironment reads what an environment sets; m is the top.
func (m *Manifest) readEnvironment(v tomlfile.Value) *Manifest {
	if strings.TrimSpace(v.Name()) == "" {
		v.WrongKey("an environment's name is empty", "name it, such as [environments.staging]")
	}
	e := &Manifest{}
	v.Table("an environment", environmentForm, e.environmentFields())
	checkRequired(v, e, m)
	checkStore(v, e, m)
	return e
}

func readNames(v tomlfile.Value) map[string]NameRule {
	names := map[string]NameRule{}
	v.Entries(`write [names] above lines such as NAME = "CI_NAME"`, func(v tomlfile.Value) {
		if err := secretname.Check(v.Name()); err != nil {
			v.WrongKey(err.Error(), "no store accepts it; choose another")
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
		hint := misplacedHint(v)
		if hint == "" {
			hint = `write it as a string, or as a table such as { from = "CI_NAME", required = true }`
		}
		v.Wrong("expected a CI name", hint)
	}
	return rule
}

func readNameTable(v tomlfile.Value) (rule NameRule) {
	if v.Key("from").Any() == nil {
		v.Wrong("it has no CI name", `add from = "CI_NAME"`)
	}
	v.Table("an entry of [names]", "", []tomlfile.Field{
		{Name: "from", Read: rule.readFrom},
		{Name: "format", Read: tomlfile.Into(&rule.Format, readFormat)},
		{Name: "required", Read: tomlfile.Into(&rule.Required, tomlfile.Value.Bool)},
	})
	return rule
}

// readFrom reads a CI name. It sets At only for a name that reports must not show.
func (r *NameRule) readFrom(v tomlfile.Value) {
	name, ok := v.Text()
	switch {
	case !ok:
		return
	case strings.TrimSpace(name) == "":
		v.Wrong("it has no CI name", "write the name of a CI secret")
	case secretname.Check(name) != nil:
		v.Wrong("this is too long for a name", fmt.Sprintf("a CI name has at most %d bytes; give the name, not the value", secretname.Max))
	}
	r.From = name
	if !ciName().MatchString(name) {
		r.At = v.Position()
	}
}

// formats are the names of formats, for hints.
var formats = []string{"auto", string(FormatString), string(FormatJSON), string(FormatRaw)}

func readFormat(v tomlfile.Value) Format {
	text, ok := v.Text()
	if !ok {
		return FormatAuto
	}
	var f Format
	if err := f.UnmarshalText([]byte(text)); err == nil && text != "" {
		return f
	}
	v.Wrong("unknown format", nearest.Hint(text, formats, "use auto, string, json or raw"))
	return FormatAuto
}

func readPrune(v tomlfile.Value) (p Prune) {
	v.Table("[prune]", `write [prune] above lines such as scope = ["team_*"]`, []tomlfile.Field{
		{Name: "scope", Read: tomlfile.Into(&p.Scope, readGlobs)},
		{Name: "max-deletes", Read: tomlfile.Into(&p.MaxDeletes, readCount)},
	})
	return p
}
