package check

import (
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
)

// SecretUse is one secret with the places that read it.
type SecretUse struct {
	Name string `json:"name"`
	// Environment says that this is an environment variable, which EnvVarSecret
	// reads, and no secret of Prefect's.
	Environment bool       `json:"environment"`
	DefinedIn   []string   `json:"known"`  // the places that have it, as Known.Where names them
	Locations   []Location `json:"places"` // in the order of the files; none means that nobody reads it
}

// UsedBy lists every secret that is read or known with the places that read it,
// sorted by name, and after them the environment variables. A secret with no place may still be read where
// [FlowReads.Unknown] says that a name is computed.
func (r *FlowReads) UsedBy(known []SecretSet) []SecretUse {
	uses := usage{{}, {}}
	for _, place := range known {
		for _, name := range place.Names {
			if u := uses.of(name, false); !slices.Contains(u.DefinedIn, place.Where) {
				u.DefinedIn = append(u.DefinedIn, place.Where)
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

// usage is the secrets, and apart from them the environment variables, by name.
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
