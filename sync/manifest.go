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

// Manifest is prefect-secrets.toml: what goes where, reviewed like code. It holds
// no values. The zero value says nothing: every CI name goes to the key's own
// tenant, and nothing is pruned.
type Manifest struct {
	APIURL  string   // api-url; empty if it names none
	Tenants []string // slugs or ids; empty means the key's own tenant
	Rules
	Prune     Prune
	Overwrite Overwrites // empty if it does not say

	file         string
	environments map[string]*Manifest // what each says by itself
}

// ParseManifest reads a manifest; name is what errors call it. A text that is not
// TOML 1.0 fails with the place of the first fault, anything else that is wrong
// with a [*ManifestError], which has all of it. No error quotes a value.
func ParseManifest(name string, text []byte) (*Manifest, error) {
	file, err := tomlfile.Open(name, string(text))
	if err != nil {
		return nil, err
	}
	file.Unknown = misplaced
	m := readManifest(file.Root())
	m.file = name
	var bad *tomlfile.Error
	if errors.As(file.Err(), &bad) {
		return nil, newManifestError(bad)
	}
	return m, nil
}

// Environment is the manifest as it is for one of its environments, whose lists
// stand in place of the top ones and whose tables are merged with them: [names]
// by name, an entry as a whole, and [prune] by key. The empty name is the top
// alone. The error for an unknown name lists those that exist.
func (m *Manifest) Environment(name string) (*Manifest, error) {
	e, ok := m.environments[name]
	switch {
	case name == "":
		e = &Manifest{}
	case !ok:
		return nil, m.noEnvironment(name)
	}
	return e.over(m), nil
}

func (m *Manifest) noEnvironment(name string) error {
	file, all := cmp.Or(m.file, "no manifest was read"), m.Environments()
	if len(all) == 0 {
		return fmt.Errorf("there is no environment %q: %s: add [environments.%s] to a manifest", name, file, tomlpos.QuoteKey(name))
	}
	return fmt.Errorf("%s has no environment %q: %s", file, name, nearest.QuotedHint(name, all, "there are "+quotedList(all)))
}

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}

// Validate fails if a pattern is not a glob, if an exclusion takes away what a name
// requires, if MaxDeletes is negative, or if Overwrite is unknown. A manifest is valid
// as it was read; this is for one that was changed.
func (m *Manifest) Validate() error { return validate(m.Rules, m.Prune, m.Overwrite) }

// Environments are the names of the manifest's environments, sorted.
func (m *Manifest) Environments() []string { return slices.Sorted(maps.Keys(m.environments)) }

// SecretNames are the names in the store that the manifest lists in [names], for
// any environment, sorted.
func (m *Manifest) SecretNames() []string {
	names := slices.Collect(maps.Keys(m.Names))
	for _, e := range m.environments {
		names = slices.AppendSeq(names, maps.Keys(e.Names))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// over is what m says, and for what it does not say what the top does.
func (m *Manifest) over(top *Manifest) *Manifest {
	merged := &Manifest{file: top.file, APIURL: cmp.Or(m.APIURL, top.APIURL)}
	merged.Tenants = said(m.Tenants, top.Tenants)
	merged.Include = said(m.Include, top.Include)
	merged.Exclude = said(m.Exclude, top.Exclude)
	merged.Prune.Scope = said(m.Prune.Scope, top.Prune.Scope)
	merged.Prune.MaxDeletes = cmp.Or(m.Prune.MaxDeletes, top.Prune.MaxDeletes)
	merged.Overwrite = cmp.Or(m.Overwrite, top.Overwrite)
	merged.Names = make(map[string]NameRule, len(top.Names)+len(m.Names))
	maps.Copy(merged.Names, top.Names)
	maps.Copy(merged.Names, m.Names)
	return merged
}

// said is the first list that is not nil: an empty one says that there is none.
func said(list, otherwise []string) []string {
	if list == nil {
		return slices.Clone(otherwise)
	}
	return slices.Clone(list)
}
