package check

import (
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// SecretUse is a secret and where flows read it.
type SecretUse struct {
	Name string `json:"name"`
	// Environment reports that this is an environment variable, which EnvVarSecret
	// reads, and not a secret of Prefect's.
	Environment bool       `json:"environment"`
	DefinedIn   []string   `json:"known"`  // SecretSet.Where of each set that has it
	Locations   []Location `json:"places"` // in the order of the files; empty if nothing reads it
	// Possible are the reads of a computed name that may be this one, since its
	// beginning or its end fits. It is empty if Locations is not.
	Possible []Location `json:"possible"`
}

// UsedBy returns every secret that is read or defined, with the locations that read
// it, sorted by name, and after them the environment variables. A secret without a
// location may still be read at one of [FlowReads.Unknown], whose names are computed.
// Of opts only Version matters.
func (r *FlowReads) UsedBy(defined []SecretSet, opts Options) []SecretUse {
	uses, secrets := usage{{}, {}}, newSecretIndex(defined)
	for _, set := range defined {
		for _, name := range set.Names {
			uses.of(name, false).define(set.Where)
		}
	}
	for _, f := range r.flows {
		uses.add(f, secrets, opts.Version)
	}
	if opts.Version == release.Any {
		uses.dropTwins()
	}
	for name, use := range uses[0] {
		if len(use.Locations) == 0 {
			use.Possible = r.possible(name)
		}
	}
	return uses.sorted()
}

// add adds what a file reads.
func (u usage) add(f flow, secrets *secretIndex, v release.Version) {
	brought := f.brought(v)
	for _, a := range f.module.Reads {
		use := u.of(a.Name, a.Kind == pysource.Environment)
		use.Locations = append(use.Locations, f.location(a, a.Optional || secrets.handlingOf(a, v).optional))
		if !use.Environment && brought.has(a) {
			use.define(f.name)
		}
	}
}

// dropTwins drops the second of two names for one secret: of a secret that the
// environment sets, [ConfigSecrets] has the name of the releases and that of the
// documentation, which is lower case. The name that nobody reads goes, else the lower
// one.
func (u usage) dropTwins() {
	for name, use := range u[0] {
		lower := release.EnvironmentName(name)
		twin := u[0][lower]
		if lower == name || twin == nil {
			continue
		}
		switch {
		case len(twin.Locations) == 0 && isSubset(twin.DefinedIn, use.DefinedIn):
			delete(u[0], lower)
		case len(use.Locations) == 0 && isSubset(use.DefinedIn, twin.DefinedIn):
			delete(u[0], name)
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

// possible returns the reads of a computed name that may be a name.
func (r *FlowReads) possible(name string) []Location {
	locations := []Location{}
	for _, f := range r.flows {
		for _, a := range f.module.Unknown {
			affixes := len(a.Prefix) + len(a.Suffix)
			if a.Kind != pysource.Environment && affixes > 0 && affixes <= len(name) &&
				strings.HasPrefix(name, a.Prefix) && strings.HasSuffix(name, a.Suffix) {
				locations = append(locations, f.location(a, a.Optional))
			}
		}
	}
	return locations
}

// usage is the secrets and the environment variables, each by name.
type usage [2]map[string]*SecretUse

func (u usage) of(name string, environment bool) *SecretUse {
	group := u[0]
	if environment {
		group = u[1]
	}
	if group[name] == nil {
		group[name] = &SecretUse{Name: MaskTokens(name), Environment: environment, DefinedIn: []string{}, Locations: []Location{}, Possible: []Location{}}
	}
	return group[name]
}

func (u usage) sorted() []SecretUse {
	all := make([]SecretUse, 0, len(u[0])+len(u[1]))
	for _, group := range u {
		for _, name := range slices.Sorted(maps.Keys(group)) {
			all = append(all, *group[name])
		}
	}
	return all
}
