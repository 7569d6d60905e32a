package sync

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Manifest is prefect-secrets.toml: what goes where, reviewed like code. It holds no
// values. With the zero Manifest every CI name goes to the key's own tenant, and
// nothing is pruned.
//
// Rules, Prune, Overwrite and Tenants are for the fields of [Run] with these names, and
// APIURL, Store and Settings are for the client.
type Manifest struct {
	APIURL string // api-url; empty if it is not set
	Store  string // the kind of store; empty for the API of Prefect 0.x and 1.x
	// Settings has the settings that only this kind of store has, by their keys.
	Settings map[string]string
	Tenants  []string // slugs or ids; empty means the key's own tenant
	Rules
	Prune     Prune
	Overwrite Overwrites // empty if it is not set

	file         string
	environments map[string]*Manifest // what each sets itself, not merged
	unstorable   unstorableNames
}

// ParseManifest reads a manifest; name is what errors call it. If the text is not
// TOML 1.0, the error has the position of the first problem. If anything else is
// wrong, it is a [*ManifestError], which has all problems. No error quotes a value.
//
// A name that the store of one environment cannot have does not affect the others:
// [Manifest.Environment] reports it for that one, and [Manifest.CheckNames] for all.
// Beside a ManifestError there is a manifest with what could be read, for
// [Manifest.StoredNames] alone.
func ParseManifest(name string, text []byte) (*Manifest, error) {
	file, err := tomlfile.Open(name, string(text))
	if err != nil {
		return nil, err
	}
	file.Unknown = misplacedHint
	m := readManifest(file.Root())
	m.file = name
	var invalid *tomlfile.Error
	if errors.As(file.Err(), &invalid) {
		return m, newManifestError(invalid)
	}
	m.unstorable = m.findUnstorable(name, string(text))
	return m, nil
}

// Environment returns the manifest for one of its environments. The environment's
// lists replace those at the top, and its tables are merged with them: [names] by the
// name that its store has, where an entry replaces all of another, and [prune] by key. An
// environment with another kind of store inherits nothing about the store: neither api-url
// nor tenants nor overwrite. The empty name returns what is at the top. The error for an
// unknown name lists the known ones. It is a [*ManifestError] if the environment's store
// cannot have a name, or would keep two under one.
func (m *Manifest) Environment(name string) (*Manifest, error) {
	e, ok := m.environments[name]
	switch {
	case name == "":
		e = &Manifest{}
	case !ok:
		return nil, m.unknownEnvironment(name)
	}
	if err := m.unstorable.in[name]; err != nil {
		return nil, err
	}
	return e.mergedOver(m), nil
}

// CheckNames returns a [*ManifestError] with the names that an environment's store cannot
// have, or would keep under one, for all environments and the top.
func (m *Manifest) CheckNames() error {
	if m.unstorable.all == nil {
		return nil
	}
	return m.unstorable.all
}

func (m *Manifest) unknownEnvironment(name string) error {
	file, all := cmp.Or(m.file, "no manifest was read"), m.Environments()
	if len(all) == 0 {
		return fmt.Errorf("there is no environment %q: %s: add [environments.%s] to a manifest", name, file, tomlpos.QuoteKey(name))
	}
	return fmt.Errorf("%s has no environment %q: %s", file, name, nearest.QuotedHint(fullName(name, all), all, "its environments are "+quotedList(all)))
}

// fullName returns the only environment whose name begins with a shorter one, such as
// production for prod; the name itself if there is not exactly one.
func fullName(name string, all []string) string {
	longer := slices.DeleteFunc(slices.Clone(all), func(full string) bool { return !strings.HasPrefix(full, name) })
	if len(longer) == 1 {
		return longer[0]
	}
	return name
}

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}

// Validate fails if a pattern is not a glob, if an exclusion removes the source of a
// required name, if MaxDeletes is negative, or if Overwrite is unknown. A manifest that
// was just read is valid; call this after changing one.
func (m *Manifest) Validate() error { return validate(m.Rules, m.Prune, m.Overwrite) }

// Environments returns the names of the manifest's environments, sorted.
func (m *Manifest) Environments() []string { return slices.Sorted(maps.Keys(m.environments)) }

// SecretNames returns the names in the store that [names] lists, at the top or for
// any environment, as the manifest writes them, sorted. [Manifest.StoredNames] returns
// those under which stores keep them.
func (m *Manifest) SecretNames() []string {
	names := slices.Collect(maps.Keys(m.Names))
	for _, e := range m.environments {
		names = slices.AppendSeq(names, maps.Keys(e.Names))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mergedOver returns what m sets, and what only the top sets.
func (m *Manifest) mergedOver(top *Manifest) *Manifest {
	store := top
	if m.kind(top) != top.kind(top) {
		store = &Manifest{}
	}
	merged := &Manifest{file: top.file, Store: cmp.Or(m.Store, top.Store), Settings: maps.Clone(store.Settings)}
	for name, value := range m.Settings {
		merged.set(name, value)
	}
	merged.APIURL = cmp.Or(m.APIURL, store.APIURL)
	merged.Tenants = cloneFirst(m.Tenants, store.Tenants)
	merged.Overwrite = cmp.Or(m.Overwrite, store.Overwrite)
	merged.Include = cloneFirst(m.Include, top.Include)
	merged.Exclude = cloneFirst(m.Exclude, top.Exclude)
	merged.Prune.Scope = cloneFirst(m.Prune.Scope, top.Prune.Scope)
	merged.Prune.MaxDeletes = cmp.Or(m.Prune.MaxDeletes, top.Prune.MaxDeletes)
	merged.Names = m.namesOver(top)
	return merged
}

// namesOver returns the names of m, and those of the top that m does not replace. A name of
// m replaces the same name, and the one that m's store keeps under it. Any other two that
// the store keeps as one are a mistake.
func (m *Manifest) namesOver(top *Manifest) map[string]NameRule {
	kind := m.kind(top)
	names := make(map[string]NameRule, len(top.Names)+len(m.Names))
	for name, rule := range top.Names {
		if _, replaced := m.Names[storedNameIn(kind, name)]; !replaced {
			names[name] = rule
		}
	}
	maps.Copy(names, m.Names)
	return names
}

// cloneFirst returns a copy of the first list that is set; an empty list is set, and
// nil is not.
func cloneFirst(list, fallback []string) []string {
	if list == nil {
		return slices.Clone(fallback)
	}
	return slices.Clone(list)
}
