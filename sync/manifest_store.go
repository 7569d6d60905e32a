package sync

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// kind returns the kind of store of a manifest, or of an environment of one with top;
// nil if it is unknown.
func (m *Manifest) kind(top *Manifest) *storekind.Kind {
	return storekind.Find(cmp.Or(m.Store, top.Store))
}

func readStore(v tomlfile.Value) string {
	name, ok := v.Text()
	if ok && (name == "" || storekind.Find(name) == nil) {
		v.Wrong("unknown kind of store", nearest.Hint(name, storekind.Names(), "it is one of "+quotedList(storekind.Names())))
	}
	return name
}

func isText(v tomlfile.Value) bool {
	_, ok := v.Any().(string)
	return ok
}

func readText(v tomlfile.Value) string {
	text, _ := v.Text()
	return text
}

// checkStore reports what part, which was read from v, says and its kind of store does
// not have. Where part is an environment, top is the manifest's top.
func checkStore(v tomlfile.Value, part, top *Manifest) {
	kind := part.kind(top)
	if kind == nil {
		return
	}
	checkReaderSetting(v, part, top, kind)
	refuse := func(key, why string) {
		v.Key(key).Wrong(fmt.Sprintf("a store of kind %q does not have it", kind.Name), why)
	}
	if why := kind.Refused[storekind.Tenant]; why != "" && part.Tenants != nil {
		refuse("tenants", "remove it: "+why)
	}
	if why := kind.Refused[storekind.Overwrite]; why != "" && part.Overwrite == OverwriteOwned {
		refuse("overwrite", why)
	}
	if isEmbedded(part.APIURL) && !kind.Embedded {
		refuse("api-url", "write the URL of a server")
	}
	checkStoredNames(v, part, top, kind)
}

// checkReaderSetting reports a setting of the readers that is missing, unknown, or not
// for the kind.
func checkReaderSetting(v tomlfile.Value, part, top *Manifest, kind *storekind.Kind) {
	set := v.Key(storekind.ReaderSetting).Any() != nil
	switch inherited := part.kind(top) == top.kind(top) && top.Reader != ""; {
	case set && len(kind.Readers) == 0:
		v.Key(storekind.ReaderSetting).Wrong(fmt.Sprintf("a store of kind %q does not have it", kind.Name), "remove it, or set "+storekind.Setting)
	case set && isText(v.Key(storekind.ReaderSetting)) && !slices.Contains(kind.Readers, part.Reader):
		v.Key(storekind.ReaderSetting).Wrong("unknown reader", "use "+readersHint(kind))
	case !set && !inherited && len(kind.Readers) > 0:
		v.Key(storekind.Setting).Wrong(fmt.Sprintf("a store of kind %q needs %s", kind.Name, storekind.ReaderSetting), fmt.Sprintf("add %s = %s", storekind.ReaderSetting, readersHint(kind)))
	}
}

// readersHint says which values the setting may have.
func readersHint(kind *storekind.Kind) string {
	return strings.ReplaceAll(quotedList(kind.Readers), ", ", " or ") + ", the major version of the Prefect whose flows read the secrets"
}

// checkStoredNames reports names that a store of the kind cannot have, and two names
// that it would store under one.
func checkStoredNames(v tomlfile.Value, part, top *Manifest, kind *storekind.Kind) {
	names := maps.Clone(top.Names)
	if names == nil {
		names = map[string]NameRule{}
	}
	maps.Copy(names, part.Names)
	at := func(name string) tomlfile.Value {
		if _, own := part.Names[name]; own {
			return v.Key("names").Key(name)
		}
		return v.Key(storekind.Setting) // the name is the top's, where it may be right
	}
	first := map[string]string{} // by stored name
	for _, name := range slices.Sorted(maps.Keys(names)) {
		stored, err := kind.StoredName(name)
		if err != nil {
			at(name).Wrong(fmt.Sprintf("%q: %v", name, err), "rename it")
			continue
		}
		if other, ok := first[stored]; ok {
			at(name).Wrong(sameStored(other, name, stored), "rename one of them")
		}
		first[stored] = name
	}
}

// sameStored says that two names would be one in the store.
func sameStored(a, b, stored string) string {
	return fmt.Sprintf("%q and %q would both be stored as %q", a, b, stored)
}
