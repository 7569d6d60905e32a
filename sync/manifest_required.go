package sync

import (
	"maps"
	"path"
	"slices"
)

const noPlan = "no plan can succeed: change one of them"

// checkRequired reports an exclusion that takes away what a name requires. The
// part of the manifest at a spot stands over the top, which is empty for the top
// itself; what the top alone says is reported there.
func checkRequired(at spot, part, top *Manifest) {
	exclude, home := part.Exclude, at.key("exclude")
	if exclude == nil {
		exclude, home = top.Exclude, spot{at.reader, []string{"exclude"}}
	}
	for _, name := range slices.Sorted(maps.Keys(part.Names)) {
		if i := part.Names[name].excludedBy(exclude); i >= 0 {
			at.key("names").key(name).wrong("it is required, and "+itemPath(home.path, i)+" takes its source out", noPlan)
		}
	}
	if len(part.Exclude) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(top.Names)) {
		_, replaced := part.Names[name]
		if i := top.Names[name].excludedBy(part.Exclude); i >= 0 && !replaced {
			home.wrongItem(i, "it takes out the source of "+keyPath([]string{"names", name})+", which is required", noPlan)
		}
	}
}

// excludedBy is the first pattern that takes out what a required name comes from,
// or -1.
func (r NameRule) excludedBy(patterns []string) int {
	if !r.Required {
		return -1
	}
	return slices.IndexFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, r.From)
		return ok
	})
}
