package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// alsoRead are settings that a release reads though it begins without them: tokens
// and keys that users add, and what the environment sets.
var alsoRead = []string{
	"user_config_path", "backend_config_path", "cloud.auth_token", "cloud.api_key", "cloud.tenant_id",
	"tasks.defaults.timeout", "tasks.defaults.checkpoint", "engine.executor.dask.scheduler",
	"engine.executor.dask.local_processes", "server.graphql_url", "logging.log_to_cloud", "cloud.endpoint",
}

// openTables may hold what users put there.
var openTables = []string{"context", "engine.executor.dask", "engine.executor.dask.kwargs"}

// checkUnknownKeys reports keys below Prefect's own tables that no release asked
// about knows, and tables whose name is nearly that of one of Prefect's. Other
// tables are the user's own.
func checkUnknownKeys(s *source, report func(finding)) {
	known := catalogueOf(s.opts.Version)
	done, own := map[string]bool{}, map[string]bool{}
	for _, v := range s.settings() {
		name := v.name
		if own[v.path[0]] || known.settings[name] || isOpen(v.name) || isReserved(v.path) {
			continue
		}
		message, hint, at := known.unknown(v)
		if message == "" {
			own[v.path[0]] = true
			continue
		}
		if key := strings.Join(v.path[:at], "."); !done[key] {
			done[key] = true
			report(s.atKey(v, at, message, hint))
		}
	}
}

// catalogue is what the releases asked about know.
type catalogue struct {
	settings map[string]bool // that a release reads
	defaults map[string]bool // that a release begins with
	tables   map[string]bool // in which settings stand
	first    []string        // the first parts of settings, and context
	names    []string        // of settings and tables, for the nearest of them
}

var (
	catalogues = map[Version]*catalogue{}
	gathering  sync.Mutex
)

// catalogueOf is gathered once for each version.
func catalogueOf(v Version) *catalogue {
	gathering.Lock()
	defer gathering.Unlock()
	if catalogues[v] == nil {
		catalogues[v] = gather(v)
	}
	return catalogues[v]
}

func gather(v Version) *catalogue {
	k := &catalogue{settings: map[string]bool{}, defaults: map[string]bool{}, tables: map[string]bool{}, first: []string{"context"}}
	names := slices.Clone(alsoRead)
	for _, p := range v.Prefects() {
		for _, name := range prefect.Settings(p) {
			names = append(names, name)
			k.defaults[name] = true
		}
	}
	for _, name := range names {
		k.settings[name] = true
		for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
			k.tables[name[:i]] = true
		}
		first, _, _ := strings.Cut(name, ".")
		k.first = append(k.first, first)
	}
	slices.Sort(k.first)
	k.first = slices.Compact(k.first)
	k.names = append(names, slices.Sorted(maps.Keys(k.tables))...)
	return k
}

// isReserved leaves to reserved-key what it reports.
func isReserved(path []string) bool {
	return slices.ContainsFunc(path, func(name string) bool { return len(prefect.ReservedIn(name)) > 0 })
}

func isOpen(name string) bool {
	return slices.ContainsFunc(openTables, func(open string) bool { return name == open || strings.HasPrefix(name, open+".") })
}

// unknown says what is wrong with the first parts of a path, up to the part at;
// the message is empty for what is the user's own.
func (k *catalogue) unknown(v setting) (message, hint string, at int) {
	if !k.tables[v.path[0]] {
		near := nearest.Of(v.path[0], k.first)
		if near == "" || !misspelt(v.path[0], near) {
			return "", "", 1
		}
		return fmt.Sprintf("no release of Prefect reads %s", maskTokens(v.path[0])), fmt.Sprintf("the nearest name is %s; a table of your own is best called by a name that Prefect has nothing like", near), 1
	}
	for at = 2; at < len(v.path) && k.tables[strings.Join(v.path[:at], ".")]; at++ {
	}
	name := strings.Join(v.path[:at], ".")
	if other := otherEra(name); other != "" {
		return fmt.Sprintf("%s is a setting of Prefect %s, and not of the release asked about", name, other), "Prefect reads it and nothing happens", at
	}
	hint = "Prefect reads it and nothing happens"
	if near := nearest.Of(name, k.names); near != "" {
		hint = fmt.Sprintf("the nearest name is %s; case matters", near)
	}
	return fmt.Sprintf("no release of Prefect knows the setting %s", maskTokens(name)), hint, at
}

// misspelt reports whether two names differ by one letter, or by the order of the
// same letters. A table of the user's own may have a name that is a little like one
// of Prefect's.
func misspelt(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return levenshtein.ComputeDistance(a, b) == 1 || slices.Equal(x, y)
}

// otherEra is the release that has a setting, if the one asked about has not.
func otherEra(name string) string {
	for _, v := range []prefect.Version{prefect.V0_9, prefect.V1_4} {
		if isSetting(v, name) {
			return v.String()
		}
	}
	return ""
}

// atKey makes a finding about a part of the path of a setting.
func (s *source) atKey(v setting, part int, message, hint string) finding {
	node := v.Node
	for range len(v.path) - part {
		node = s.doc.Nodes[node].Parent
	}
	key, _ := s.doc.FirstKey(node)
	return finding{message: message, hint: hint, node: node, start: key.Start, end: key.End}
}
