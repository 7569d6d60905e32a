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
		names := storekind.OtherNames()
		use := fmt.Sprintf("use %s, or leave %s out for Prefect 0.x and 1.x", either(names), v.Name())
		v.Wrong("unknown kind of store", nearest.QuotedHint(name, names, use))
	}
	return name
}

// readSetting reads a setting that only stores of some kind have.
func (m *Manifest) readSetting(v tomlfile.Value) {
	if value, ok := v.Text(); ok {
		m.set(v.Name(), value)
	}
}

func (m *Manifest) set(setting, value string) {
	if m.Settings == nil {
		m.Settings = map[string]string{}
	}
	m.Settings[setting] = value
}

// checkStore reports the settings of part that its kind of store does not have. part was
// read from v. If it is an environment, top is the manifest's top.
func checkStore(v tomlfile.Value, part, top *Manifest) {
	kind := part.kind(top)
	if kind == nil {
		return
	}
	checkSettings(v, part, top, kind)
	if why := kind.Refused[storekind.Tenant]; why != "" && part.Tenants != nil {
		v.Key("tenants").Wrong(fmt.Sprintf("a store of kind %q has no tenants", kind.Name), "remove tenants: "+why)
	}
	if why := kind.Refused[storekind.Overwrite]; why != "" && part.Overwrite == OverwriteOwned {
		v.Key("overwrite").Wrong(fmt.Sprintf("overwrite = %q does not work with a store of kind %q", part.Overwrite, kind.Name), why)
	}
	if isEmbedded(part.APIURL) && !kind.Embedded {
		v.Key("api-url").Wrong(fmt.Sprintf("a store of kind %q cannot be embedded", kind.Name), "set the URL of a server")
	}
}

// checkSettings reports each setting of the kind that is missing or has an unknown value,
// and those of other kinds.
func checkSettings(v tomlfile.Value, part, top *Manifest, kind *storekind.Kind) {
	for _, s := range kind.Settings {
		value, set := part.Settings[s.Name]
		_, inherited := top.Settings[s.Name]
		use := either(s.Values) + ", " + s.Meaning
		switch {
		case set && !slices.Contains(s.Values, value):
			v.Key(s.Name).Wrong("unknown "+s.Name, "use "+use)
		case v.Key(s.Name).Any() == nil && !(inherited && kind == top.kind(&Manifest{})):
			message := fmt.Sprintf("a store of kind %q needs %s", kind.Name, s.Name)
			v.Key(storekind.StoreSetting).Wrong(message, "add "+s.Name+" = "+use)
		}
	}
	for _, other := range storekind.All {
		for _, s := range other.Settings {
			if other != kind && v.Key(s.Name).Any() != nil {
				store := fmt.Sprintf("%s = %q", storekind.StoreSetting, other.Name)
				v.Key(s.Name).Wrong(s.Name+" is only for "+store, "set "+store+", or remove "+s.Name)
			}
		}
	}
}

// either lists values of which one is needed.
func either(values []string) string { return strings.ReplaceAll(quotedList(values), ", ", " or ") }
