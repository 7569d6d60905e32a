package check

import (
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
)

// SecretUse is a secret and where flows read it.
type SecretUse struct {
	Name string `json:"name"`
	// Environment reports that this is an environment variable, which EnvVarSecret
	// reads, and not a secret of Prefect's.
	Environment bool       `json:"environment"`
	DefinedIn   []string   `json:"known"`  // SecretSet.Where of each set that has it
	Locations   []Location `json:"places"` // in the order of the files; empty if nothing reads it
}

// UsedBy returns every secret that is read or defined, with the locations that read
// it, sorted by name, and after them the environment variables. A secret without a
// location may still be read at one of [FlowReads.Unknown], whose names are computed.
func (r *FlowReads) UsedBy(defined []SecretSet) []SecretUse {
	uses := usage{{}, {}}
	for _, set := range defined {
		for _, name := range set.Names {
			if u := uses.of(name, false); !slices.Contains(u.DefinedIn, set.Where) {
				u.DefinedIn = append(u.DefinedIn, set.Where)
			}
		}
	}
	for _, f := range r.flows {
		for _, a := range f.module.Reads {
			u := uses.of(a.Name, a.Kind == pysource.Environment)
			u.Locations = append(u.Locations, f.location(a))
		}
	}
	return uses.sorted()
}

// usage is the secrets and the environment variables, each by name.
type usage [2]map[string]*SecretUse

func (u usage) of(name string, environment bool) *SecretUse {
	group := u[0]
	if environment {
		group = u[1]
	}
	if group[name] == nil {
		group[name] = &SecretUse{Name: MaskTokens(name), Environment: environment, DefinedIn: []string{}, Locations: []Location{}}
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
