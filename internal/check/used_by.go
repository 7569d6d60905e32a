package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
)

// SecretUse is a secret and where flows read it.
type SecretUse struct {
	Name string `json:"name"`
	// Environment reports that this is an environment variable, which EnvVarSecret
	// reads, and not a secret of Prefect's.
	Environment bool `json:"environment"`
	// Block reports that this is a Secret block of Prefect 2 or 3, and not a secret of an
	// earlier Prefect.
	Block     bool       `json:"block,omitempty"`
	DefinedIn []string   `json:"known"`  // SecretSet.Where of each set that has it
	Locations []Location `json:"places"` // in the order of the files; empty if nothing reads it
	// Possible are the reads of a computed name that may be this one, since its
	// beginning or its end fits. It is empty if Locations is not.
	Possible []Location `json:"possible"`
}

// UsedBy returns every secret that is read or defined, with the locations that read
// it, sorted by name, and after them the environment variables. A block comes after the
// secret that sync stores under its name. A secret without a location may still be read at one of [FlowReads.Unknown], whose names are computed.
// Of opts only Version matters.
func (r *FlowReads) UsedBy(defined []SecretSet, opts Options) []SecretUse {
	ofSecrets, _ := splitSets(defined)
	uses, secrets := usage{{}, {}, {}}, newSecretIndex(ofSecrets)
	for _, set := range defined {
		for _, name := range set.Names {
			uses.of(name, groupOf(set)).define(set.Where)
		}
	}
	for _, f := range r.flows {
		uses.add(f, secrets, opts.Version)
	}
	uses.defineSaved(r.flows)
	if opts.Version == release.Any {
		uses.dropTwins()
	}
	for _, group := range []useGroup{usedSecrets, usedBlocks} {
		for name, use := range uses[group] {
			if len(use.Locations) == 0 {
				use.Possible = r.possible(name, group)
			}
		}
	}
	return uses.sorted()
}

// add adds what a file reads.
func (u usage) add(f flow, secrets *secretIndex, v release.Version) {
	brought := f.brought(v)
	for _, a := range f.module.Reads {
		use := u.of(a.Name, groupOfKind(a.Kind))
		optional := a.Optional || a.Kind != pysource.Reference && secrets.handlingOf(a, v).optional
		use.Locations = append(use.Locations, f.location(a, optional))
		if !use.Environment && !use.Block && brought.has(a) {
			use.define(f.name)
		}
	}
}

// defineSaved adds where flows save the blocks that are used.
func (u usage) defineSaved(flows []flow) {
	for _, f := range flows {
		for _, d := range f.module.Definitions {
			if use := u[usedBlocks][d.Name]; use != nil && d.Kind == pysource.InBlocks {
				use.define(f.name)
			}
		}
	}
}

// dropTwins drops the second of two names for one secret: of a secret that the
// environment sets, [ConfigSecrets] has the name of the releases and that of the
// documentation, which is lower case. The name that nobody reads goes, else the lower
// one.
func (u usage) dropTwins() {
	secrets := u[usedSecrets]
	for name, use := range secrets {
		lower := release.EnvironmentName(name)
		twin := secrets[lower]
		if lower == name || twin == nil {
			continue
		}
		switch {
		case len(twin.Locations) == 0 && isSubset(twin.DefinedIn, use.DefinedIn):
			delete(secrets, lower)
		case len(use.Locations) == 0 && isSubset(use.DefinedIn, twin.DefinedIn):
			delete(secrets, name)
		}
	}
}

func isSubset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

func (u *SecretUse) define(where string) {
	if !slices.Contains(u.DefinedIn, where) {
		u.DefinedIn = append(u.DefinedIn, where)
	}
}

// possible returns the reads of a computed name that may be a name of a group.
func (r *FlowReads) possible(name string, group useGroup) []Location {
	locations := []Location{}
	for _, f := range r.flows {
		for _, a := range f.module.Unknown {
			affixes := len(a.Prefix) + len(a.Suffix)
			if groupOfKind(a.Kind) == group && affixes > 0 && affixes <= len(name) &&
				strings.HasPrefix(name, a.Prefix) && strings.HasSuffix(name, a.Suffix) {
				locations = append(locations, f.location(a, a.Optional))
			}
		}
	}
	return locations
}

// useGroup is what a name is of: a secret, an environment variable and a block may share
// one.
type useGroup int

const (
	usedSecrets useGroup = iota
	usedVariables
	usedBlocks
	useGroups
)

func groupOf(set SecretSet) useGroup {
	if set.isBlocks() {
		return usedBlocks
	}
	return usedSecrets
}

func groupOfKind(k pysource.Kind) useGroup {
	switch k {
	case pysource.Environment:
		return usedVariables
	case pysource.Block, pysource.Reference:
		return usedBlocks
	}
	return usedSecrets
}

// usage is what is used of each group, by name.
type usage [useGroups]map[string]*SecretUse

func (u usage) of(name string, group useGroup) *SecretUse {
	if u[group][name] == nil {
		u[group][name] = &SecretUse{
			Name: MaskTokens(name), Environment: group == usedVariables, Block: group == usedBlocks,
			DefinedIn: []string{}, Locations: []Location{}, Possible: []Location{},
		}
	}
	return u[group][name]
}

func (u usage) sorted() []SecretUse {
	all := make([]SecretUse, 0, len(u[usedSecrets])+len(u[usedVariables])+len(u[usedBlocks]))
	blocks := maps.Clone(u[usedBlocks])
	for _, name := range slices.Sorted(maps.Keys(u[usedSecrets])) {
		all = append(all, *u[usedSecrets][name])
		stored, err := storekind.Blocks.StoredName(name)
		if block := blocks[stored]; err == nil && block != nil {
			all = append(all, *block)
			delete(blocks, stored)
		}
	}
	for _, group := range []map[string]*SecretUse{blocks, u[usedVariables]} {
		for _, name := range slices.Sorted(maps.Keys(group)) {
			all = append(all, *group[name])
		}
	}
	return all
}

// Title names a secret and says where it is defined, and whether anything reads it.
func (u SecretUse) Title() string {
	var about []string
	if u.Block {
		about = append(about, "Secret block")
	}
	switch {
	case u.Environment:
		about = append(about, "environment variable")
	case len(u.DefinedIn) > 0:
		about = append(about, "in "+strings.Join(u.DefinedIn, ", "))
	default:
		about = append(about, "not defined")
	}
	title := fmt.Sprintf("%s (%s)", u.Name, strings.Join(about, ", "))
	switch {
	case len(u.Possible) > 0:
		at := u.Possible[0]
		title += fmt.Sprintf(": the name that is computed at %s:%d may be this one", at.File, at.Line)
	case len(u.Locations) == 0:
		title += ": nobody reads it"
	}
	return title
}
