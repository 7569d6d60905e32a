package sync

import (
	"maps"
	"path"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// requiredHint is the hint for a required name whose source is excluded.
const requiredHint = "no plan can succeed: change one of them"

// checkRequired reports exclusions that exclude the source of a required name. part,
// which was read from v, is merged over top: an environment over the manifest, or
// the manifest over an empty one. What is wrong in the manifest without environments
// is reported once.
func checkRequired(v tomlfile.Value, part, top *Manifest) {
	exclude, key := part.Exclude, v.Key("exclude")
	if exclude == nil {
		exclude, key = top.Exclude, v.Root().Key("exclude")
	}
	patterns, _ := key.List()
	for _, name := range slices.Sorted(maps.Keys(part.Names)) {
		if i := part.Names[name].excludedBy(exclude); i >= 0 {
			v.Key("names").Key(name).Wrong("it is required, but "+patterns[i].Path()+" removes its source", requiredHint)
		}
	}
	if len(part.Exclude) == 0 {
		return
	}
	inherited := part.namesOver(top)
	maps.DeleteFunc(inherited, func(name string, _ NameRule) bool { _, own := part.Names[name]; return own })
	for _, name := range slices.Sorted(maps.Keys(inherited)) {
		if i := inherited[name].excludedBy(part.Exclude); i >= 0 {
			patterns[i].Wrong("it removes the source of "+v.Root().Key("names").Key(name).Path()+", which is required", requiredHint)
		}
	}
}

// excludedBy returns the index of the first pattern that excludes the source of a
// required name, or -1.
func (r NameRule) excludedBy(patterns []string) int {
	if !r.Required {
		return -1
	}
	return slices.IndexFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, r.From)
		return ok
	})
}
