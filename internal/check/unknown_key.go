package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// envVars is the table of what an agent gives its flows, under any names. No release
// begins with it.
const envVars = "cloud.agent.env_vars"

// checkUnknownKeys reports keys below Prefect's own tables that no release asked
// about knows, and tables whose name is nearly that of one of Prefect's. Other
// tables are the user's own.
func checkUnknownKeys(s *source, report func(finding)) {
	known := catalogueOf(s.opts.Version)
	done, own := map[string]bool{}, map[string]bool{}
	for _, v := range s.settings() {
		name := v.name
		if own[v.path[0]] || known.settings[name] || known.isOpen(name) || isReserved(v.path) || known.deprecated(name) {
			continue
		}
		message, hint, at := known.explain(v)
		if message == "" {
			own[v.path[0]] = true
			continue
		}
		if key := strings.Join(v.path[:at], "."); !done[key] {
			done[key] = true
			report(s.keyFinding(v, at, message, hint))
		}
	}
}

// catalogue is what the releases asked about know.
type catalogue struct {
	versions []release.Version // the releases
	settings map[string]bool   // that one of them reads
	defaults map[string]bool   // that one of them begins with
	topNames []string          // the first parts of settings, and context
	names    []string          // of settings and tables, for the nearest of them
}

var (
	catalogues   = map[release.Version]*catalogue{}
	cataloguesMu sync.Mutex
)

// catalogueOf is gathered once for each version.
func catalogueOf(v release.Version) *catalogue {
	cataloguesMu.Lock()
	defer cataloguesMu.Unlock()
	if catalogues[v] == nil {
		catalogues[v] = newCatalogue(v)
	}
	return catalogues[v]
}

func newCatalogue(v release.Version) *catalogue {
	k := &catalogue{versions: v.Releases(), settings: map[string]bool{}, defaults: map[string]bool{}}
	for _, p := range k.versions {
		for _, name := range p.Settings() {
			k.settings[name], k.defaults[name] = true, true
		}
		for _, h := range release.Histories() {
			k.settings[h.Name] = k.settings[h.Name] || h.ReadBy(p)
		}
	}
	maps.DeleteFunc(k.settings, func(_ string, read bool) bool { return !read })
	names := slices.Sorted(maps.Keys(k.settings))
	k.topNames = []string{"context"}
	for _, name := range names {
		first, _, _ := strings.Cut(name, ".")
		k.topNames = append(k.topNames, first)
	}
	slices.Sort(k.topNames)
	k.topNames = slices.Compact(k.topNames)
	k.names = append(names, slices.Sorted(maps.Keys(tablesOf(names)))...)
	return k
}

// tables are those in which any release's settings stand.
var tables = sync.OnceValue(func() map[string]bool {
	names := slices.Concat(release.V0_9.Settings(), release.V1_4.Settings())
	for _, h := range release.Histories() {
		names = append(names, h.Name)
	}
	return tablesOf(names)
})

// tablesOf are the tables in which settings stand.
func tablesOf(names []string) map[string]bool {
	tables := map[string]bool{}
	for _, name := range names {
		for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
			tables[name[:i]] = true
		}
	}
	return tables
}

// isReserved leaves to reserved-key what it reports.
func isReserved(path []string) bool {
	return slices.ContainsFunc(path, func(name string) bool { return release.Any.Reserved(name) != release.Free })
}

// isOpen reports whether a setting is one of those that may have any name.
func (k *catalogue) isOpen(name string) bool {
	return name == "context" || strings.HasPrefix(name, "context.") || k.settings[envVars] && strings.HasPrefix(name, envVars+".")
}

// deprecated leaves to that rule what it reports.
func (k *catalogue) deprecated(name string) bool {
	h, ok := release.HistoryOf(name)
	return ok && slices.Contains(k.versions, release.V1_4) && !h.ReadBy(release.V1_4)
}

// unknown says what is wrong with the first parts of a path, up to the part at;
// the message is empty for what is the user's own.
func (k *catalogue) explain(v setting) (message, hint string, at int) {
	for at = 1; at < len(v.path) && tables()[strings.Join(v.path[:at], ".")]; at++ {
	}
	name := strings.Join(v.path[:at], ".")
	if other := otherReleases(name); other != "" {
		return fmt.Sprintf("%s is a setting of Prefect %s, and not of the release asked about", name, other), "Prefect reads it and nothing happens", at
	}
	if tables()[name] {
		return fmt.Sprintf("%s is a table of Prefect's, and here it is a value", name), fmt.Sprintf("write its settings below [%s]", name), at
	}
	if at == 1 {
		message, hint = k.explainTable(name)
		return message, hint, at
	}
	hint = "Prefect reads it and nothing happens"
	if near := nearest.Of(name, k.names); near != "" {
		hint = fmt.Sprintf("the nearest name is %s; case matters", near)
	}
	return fmt.Sprintf("no release of Prefect knows the setting %s", MaskTokens(name)), hint, at
}

// unknownTable is about a name that stands in no table.
func (k *catalogue) explainTable(name string) (message, hint string) {
	near := nearest.Of(name, k.topNames)
	if near == "" || !isMisspelling(name, near) {
		return "", ""
	}
	return fmt.Sprintf("no release of Prefect reads %s", MaskTokens(name)), fmt.Sprintf("the nearest name is %s; a table of your own is best called by a name that Prefect has nothing like", near)
}

// misspelt reports whether two names differ by one letter, or by the order of the
// same letters. A table of the user's own may have a name that is a little like one
// of Prefect's.
func isMisspelling(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return levenshtein.ComputeDistance(a, b) == 1 || slices.Equal(x, y)
}

// otherEra is the releases that have a setting, if the one asked about has not.
func otherReleases(name string) string {
	if h, ok := release.HistoryOf(name); ok {
		return h.Span()
	}
	for _, v := range release.Any.Releases() {
		if v.IsDefault(name) {
			return v.String()
		}
	}
	return ""
}

// atKey makes a finding about a part of the path of a setting.
func (s *source) keyFinding(v setting, part int, message, hint string) finding {
	node := v.Node
	for range len(v.path) - part {
		node = s.doc.Nodes[node].Parent
	}
	key, _ := s.doc.FirstKey(node)
	return finding{message: message, hint: hint, node: node, start: key.Start, end: key.End}
}
