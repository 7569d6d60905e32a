package sync

import (
	"errors"
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// unstorableNames has the problems with names that the stores of some environments cannot
// have, by environment, and together. The empty environment is the top.
type unstorableNames struct {
	in  map[string]*ManifestError
	all *ManifestError
}

// storedNameIn returns the name under which a store of a kind keeps a name; the name
// itself if it cannot, or if the kind is unknown.
func storedNameIn(kind *storekind.Kind, name string) string {
	if kind == nil {
		return name
	}
	return storedOr(name, kind.StoredName)
}

// StoredNames returns the names under which stores keep what [names] lists, at the top or
// for any environment, by the kind of store, sorted. It omits names that a store cannot
// have. Where the kind is unknown, the names count for every kind.
// [Manifest.SecretNames] returns the names as the manifest writes them.
func (m *Manifest) StoredNames() map[string][]string {
	stored := map[string][]string{}
	for _, environment := range append(m.Environments(), "") {
		part := m.environments[environment]
		if environment == "" {
			part = &Manifest{}
		}
		kinds := storekind.All
		if kind := part.kind(m); kind != nil {
			kinds = []*storekind.Kind{kind}
		}
		names := slices.Sorted(maps.Keys(part.namesOver(m)))
		for _, kind := range kinds {
			given, _ := byStoredName(names, kind.StoredName)
			for name := range given {
				stored[kind.Name] = append(stored[kind.Name], name)
			}
		}
	}
	for kind, names := range stored {
		slices.Sort(names)
		stored[kind] = slices.Compact(names)
	}
	return stored
}

// findUnstorable returns what is wrong with the names of m, which was read from the text
// of a file.
func (m *Manifest) findUnstorable(file, text string) (found unstorableNames) {
	found.in = map[string]*ManifestError{}
	var affected []string
	for _, environment := range append([]string{""}, m.Environments()...) {
		if err := m.unstorableIn(file, text, environment); err != nil {
			found.in[environment] = err
			affected = append(affected, environment)
		}
	}
	if len(affected) > 0 {
		found.all = m.unstorableIn(file, text, affected...)
	}
	return found
}

// unstorableIn returns the problems of some environments, each once; nil if there are no
// problems.
func (m *Manifest) unstorableIn(file, text string, environments ...string) *ManifestError {
	var opened *tomlfile.File // for the positions of problems
	reported := map[string]bool{}
	for _, environment := range environments {
		part, top := m.environments[environment], m
		if environment == "" {
			part, top = m, &Manifest{}
		}
		_, problems := byStoredName(slices.Sorted(maps.Keys(part.namesOver(top))), part.kind(top).StoredName)
		for _, problem := range problems {
			if opened == nil {
				opened, _ = tomlfile.Open(file, text) // which succeeded before
			}
			v := part.positionOf(problem.name, top, opened.Root(), environment)
			if key := v.Path() + problem.Error(); !reported[key] {
				reported[key] = true
				v.Wrong(problem.message, problem.hint)
			}
		}
	}
	if opened == nil {
		return nil
	}
	var invalid *tomlfile.Error
	errors.As(opened.Err(), &invalid)
	return newManifestError(invalid)
}

// positionOf returns where to report a name of m: the name, or the kind of store of an
// environment, if the name suits the top's kind.
func (m *Manifest) positionOf(name string, top *Manifest, root tomlfile.Value, environment string) tomlfile.Value {
	v := root
	if environment != "" {
		v = root.Key("environments").Key(environment)
	}
	switch _, own := m.Names[name]; {
	case own:
		return v.Key("names").Key(name)
	case m.kind(top) != top.kind(&Manifest{}):
		return v.Key(storekind.StoreSetting)
	}
	return root.Key("names").Key(name)
}
