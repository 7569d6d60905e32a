package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// envVars is the table of the variables that an agent sets for its flows, with any
// names. No release has a default for it.
const envVars = "cloud.agent.env_vars"

// checkUnknownKeys reports keys below Prefect's own tables that no release knows,
// and tables with nearly the name of one of Prefect's. Other tables are the user's
// own. The releases are those that the file is checked for.
func checkUnknownKeys(s *source, report func(finding)) {
	c := catalogueOf(s.opts.Version)
	s.unread = map[tomlpos.NodeID]bool{}
	reported, userTables := map[string]bool{}, map[string]bool{}
	for _, v := range s.settings() {
		name := v.name
		if s.reportMisplaced(v, reported, report) {
			continue
		}
		if s.reportStray(v, reported, report) {
			s.unread[v.Node] = true
			continue
		}
		if userTables[v.path[0]] || s.leavesToType(v) || c.settings[name] || c.isOpen(name) || isReserved(v.path) || c.isDeprecated(name) {
			continue
		}
		message, hint, n := c.explain(v)
		if message == "" {
			userTables[v.path[0]] = true
			continue
		}
		if key := strings.Join(v.path[:n], "."); !reported[key] {
			reported[key] = true
			report(s.keyFinding(v, n, message, hint))
		}
		s.unread[v.Node] = true
	}
}

// leavesToType reports whether the rule type looks at a setting that should be a table.
func (s *source) leavesToType(v *setting) bool {
	return tables()[v.name] && s.opts.includes(typeRule) && (s.mayFailInUse(v) || mayPreventStart(v))
}

// catalogue is the settings of some releases.
type catalogue struct {
	version      release.Version
	settings     map[string]bool // that a release knows
	defaults     map[string]bool // that a release has a default for
	defaultNames func() []string // see namesOfDefaults
	topNames     []string        // the first parts of settings, and context
	names        []string        // of settings and tables
}

var (
	catalogues   sync.Map // the other *catalogue, by release.Version
	anyCatalogue = sync.OnceValue(func() *catalogue { return newCatalogue(release.Any) })
)

// catalogueOf returns the catalogue of a version's releases, which it makes once.
func catalogueOf(v release.Version) *catalogue {
	if v == release.Any {
		return anyCatalogue()
	}
	c, ok := catalogues.Load(v)
	if !ok {
		c, _ = catalogues.LoadOrStore(v, newCatalogue(v))
	}
	return c.(*catalogue)
}

// namesOfDefaults returns the names of the default settings of v's releases, each once, in
// the order of the releases and of their config.toml.
func namesOfDefaults(v release.Version) (names []string) {
	seen := map[string]bool{}
	for _, r := range v.Releases() {
		for _, name := range r.Settings() {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

func newCatalogue(v release.Version) *catalogue {
	c := &catalogue{version: v, settings: map[string]bool{}, defaults: map[string]bool{}}
	for _, setting := range release.Settings() {
		if slices.ContainsFunc(v.Releases(), setting.KnownTo) {
			c.settings[setting.Name] = true
		}
		if v.IsDefault(setting.Name) {
			c.defaults[setting.Name] = true
		}
	}
	c.defaultNames = sync.OnceValue(func() []string { return namesOfDefaults(v) })
	names := slices.Sorted(maps.Keys(c.settings))
	c.topNames = []string{"context"}
	for _, name := range names {
		first, _, _ := strings.Cut(name, ".")
		c.topNames = append(c.topNames, first)
	}
	slices.Sort(c.topNames)
	c.topNames = slices.Compact(c.topNames)
	c.names = append(names, slices.Sorted(maps.Keys(tablesOf(names)))...)
	return c
}

// tablesOf returns the tables, and tables around them, of settings.
func tablesOf(names []string) map[string]bool {
	tables := map[string]bool{}
	for _, name := range names {
		for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
			tables[name[:i]] = true
		}
	}
	return tables
}

// tables returns the tables of any release's settings.
var tables = sync.OnceValue(func() map[string]bool {
	var names []string
	for _, setting := range release.Settings() {
		names = append(names, setting.Name)
	}
	return tablesOf(names)
})

// isReserved reports whether the rule reserved-key reports a part of a path.
func isReserved(path []string) bool {
	return slices.ContainsFunc(path, release.Any.Reserves)
}

// isOpen reports whether a setting is in a table whose settings may have any name.
func (c *catalogue) isOpen(name string) bool {
	return name == "context" || strings.HasPrefix(name, "context.") || c.settings[envVars] && strings.HasPrefix(name, envVars+".")
}

// isDeprecated reports whether the rule deprecated reports a setting.
func (c *catalogue) isDeprecated(name string) bool {
	version := c.version
	if version == release.Any {
		version = release.Latest()
	}
	setting := release.SettingOf(name)
	return setting != nil && setting.DroppedIn(version)
}

// explain returns what is wrong with the first n parts of a path. The message is
// empty if the path is the user's own.
func (c *catalogue) explain(v *setting) (message, hint string, n int) {
	for n = 1; n < len(v.path) && tables()[strings.Join(v.path[:n], ".")]; n++ {
	}
	name := strings.Join(v.path[:n], ".")
	if other := otherReleases(name); other != "" {
		return fmt.Sprintf("Prefect %s does not know %s, which is a setting of %s", c.version, name, other), "Prefect reads it and nothing happens", n
	}
	if tables()[name] {
		message, hint = explainTable(name, v.isTableList)
		return message, hint, n
	}
	if n == 1 {
		message, hint = c.explainTopName(name)
		return message, hint, n
	}
	hint = "Prefect reads it and nothing happens"
	if near := c.nearest(name); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return fmt.Sprintf("no release of Prefect knows the setting %s", MaskTokens(name)), hint, n
}

// explainTable returns what is wrong with a table of Prefect's that is not one.
func explainTable(name string, isTableList bool) (message, hint string) {
	if isTableList {
		return fmt.Sprintf("%s is a table of Prefect's, and here it is an array of tables", name), fmt.Sprintf("write [%s] with one pair of brackets", name)
	}
	return fmt.Sprintf("%s is a table of Prefect's, and here it is a value", name), fmt.Sprintf("write its settings below [%s]", name)
}

// otherNames are settings under names that they have elsewhere: Prefect 2 and 3 have
// PREFECT_API_URL.
var otherNames = map[string]string{"cloud.api_url": "cloud.api"}

// nearest returns the name of a setting or table that is nearest to a name, or "".
func (c *catalogue) nearest(name string) string {
	candidates := slices.DeleteFunc(append(slices.Sorted(maps.Keys(otherNames)), c.names...), func(candidate string) bool {
		return !isNearKey(name, candidate)
	})
	near := nearest.Of(name, candidates)
	return cmp.Or(otherNames[near], near)
}

// isNearKey reports whether two names have the same last part, or are in one table and
// their last parts are near: a long table around them makes no two keys alike.
func isNearKey(a, b string) bool {
	i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
	key, other := a[i+1:], b[j+1:]
	if a[:i+1] != b[:j+1] {
		return key == other
	}
	return strings.Contains(other, key) || nearest.Of(key, []string{other}) != "" && isNearWord(key, other) || len(key) == len(other) && isMisspelling(key, other)
}

// isNearWord reports whether the last words of two names are near: cluster_kwargs is not a
// misspelt cluster_class.
func isNearWord(a, b string) bool {
	if strings.Count(a, "_") != strings.Count(b, "_") {
		return true
	}
	x, y := a[strings.LastIndexByte(a, '_')+1:], b[strings.LastIndexByte(b, '_')+1:]
	return x == y || nearest.Of(x, []string{y}) != "" || isMisspelling(x, y)
}

// explainTopName is explain for a name outside tables.
func (c *catalogue) explainTopName(name string) (message, hint string) {
	near := nearest.Of(name, c.topNames)
	if near == "" || !isMisspelling(name, near) {
		return "", ""
	}
	return fmt.Sprintf("no release of Prefect reads %s", MaskTokens(name)), fmt.Sprintf("the nearest name is %s; for a table of your own, choose a name unlike those of Prefect", near)
}

// isMisspelling reports whether two names differ by one letter, or by the order of
// the same letters. It is stricter than nearest.Of, because a table of the user's
// own may have a name similar to one of Prefect's.
func isMisspelling(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if difference := len(x) - len(y); difference < -1 || difference > 1 {
		return false
	}
	slices.Sort(x)
	slices.Sort(y)
	return levenshtein.ComputeDistance(a, b) == 1 || slices.Equal(x, y)
}

// otherReleases returns which releases know a setting that this one does not, or "".
func otherReleases(name string) string {
	setting := release.SettingOf(name)
	if setting == nil {
		return ""
	}
	suffix, _ := inReleases(setting.Known(), false)
	return strings.TrimPrefix(suffix, " in ")
}

// keyFinding returns a finding about the key at the end of the first n parts of a
// setting's path.
func (s *source) keyFinding(v *setting, n int, message, hint string) finding {
	node := v.Node
	for range len(v.path) - n {
		node = s.doc.Nodes[node].Parent
	}
	key, _ := s.doc.FirstKey(node)
	return finding{message: message, hint: hint, node: node, start: key.Start, end: key.End}
}
