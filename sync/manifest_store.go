package sync

import (
	"cmp"
	"fmt"
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

func isString(v tomlfile.Value) bool {
	_, ok := v.Any().(string)
	return ok
}

func readString(v tomlfile.Value) string {
	s, _ := v.Text()
	return s
}

// checkStore reports the settings of part that its kind of store does not have. part was
// read from v. If it is an environment, top is the manifest's top.
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
}

// checkReaderSetting reports the setting for readers if it is missing or unknown, or if the
// kind does not have it.
func checkReaderSetting(v tomlfile.Value, part, top *Manifest, kind *storekind.Kind) {
	set := v.Key(storekind.ReaderSetting).Any() != nil
	switch inherited := part.kind(top) == top.kind(top) && top.Reader != ""; {
	case set && len(kind.Readers) == 0:
		v.Key(storekind.ReaderSetting).Wrong(fmt.Sprintf("a store of kind %q does not have it", kind.Name), "remove it, or set "+storekind.Setting)
	case set && isString(v.Key(storekind.ReaderSetting)) && !slices.Contains(kind.Readers, part.Reader):
		v.Key(storekind.ReaderSetting).Wrong("unknown reader", "use "+readersHint(kind))
	case !set && !inherited && len(kind.Readers) > 0:
		v.Key(storekind.Setting).Wrong(fmt.Sprintf("a store of kind %q needs %s", kind.Name, storekind.ReaderSetting), fmt.Sprintf("add %s = %s", storekind.ReaderSetting, readersHint(kind)))
	}
}

// readersHint lists the values that the setting may have.
func readersHint(kind *storekind.Kind) string {
	return strings.ReplaceAll(quotedList(kind.Readers), ", ", " or ") + ", the major version of the Prefect whose flows read the secrets"
}
