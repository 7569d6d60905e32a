package check

import (
	"fmt"
	"slices"
	"strings"

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
	known := s.knownSettings()
	tables := tablesOf(known)
	done := map[string]bool{}
	for _, v := range s.settings() {
		name := strings.Join(v.path, ".")
		if slices.Contains(known, name) || isOpen(v.path) || isReserved(v.path) {
			continue
		}
		message, hint, at := s.unknown(v, known, tables)
		if key := strings.Join(v.path[:at], "."); message != "" && !done[key] {
			done[key] = true
			report(s.atKey(v, at, message, hint))
		}
	}
}

func (s *source) knownSettings() []string {
	known := slices.Clone(alsoRead)
	for _, v := range s.versions() {
		known = append(known, prefect.Settings(v)...)
	}
	return known
}

// tablesOf are the tables that settings stand in.
func tablesOf(settings []string) map[string]bool {
	tables := map[string]bool{}
	for _, name := range settings {
		for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
			tables[name[:i]] = true
		}
	}
	return tables
}

// isReserved leaves to reserved-key what it reports.
func isReserved(path []string) bool {
	return slices.ContainsFunc(path, func(name string) bool { return len(prefect.ReservedIn(name)) > 0 })
}

func isOpen(path []string) bool {
	for _, open := range openTables {
		if name := strings.Join(path, "."); strings.HasPrefix(name, open+".") || name == open {
			return true
		}
	}
	return false
}

// unknown says what is wrong with the first parts of a path, up to the part at;
// the message is empty for what is the user's own.
func (s *source) unknown(v setting, known []string, tables map[string]bool) (message, hint string, at int) {
	if !tables[v.path[0]] {
		name := v.path[0]
		near := nearest.Of(name, firstParts(known))
		if near == "" || !misspelt(name, near) {
			return "", "", 1
		}
		return fmt.Sprintf("no release of Prefect reads %s", maskTokens(name)), fmt.Sprintf("the nearest name is %s; a table of your own is best called by a name that Prefect has nothing like", near), 1
	}
	for at = 2; at < len(v.path) && tables[strings.Join(v.path[:at], ".")]; at++ {
	}
	name := strings.Join(v.path[:at], ".")
	if other := s.otherEra(name); other != "" {
		return fmt.Sprintf("%s is a setting of Prefect %s, and not of the release asked about", name, other), "Prefect reads it and nothing happens", at
	}
	hint = "Prefect reads it and nothing happens"
	if near := nearest.Of(name, append(slices.Clone(known), keysOf(tables)...)); near != "" {
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
func (s *source) otherEra(name string) string {
	for _, v := range []prefect.Version{prefect.V0_9, prefect.V1_4} {
		if isSetting(v, name) {
			return v.String()
		}
	}
	return ""
}

func firstParts(settings []string) []string {
	var parts []string
	for _, name := range settings {
		first, _, _ := strings.Cut(name, ".")
		parts = append(parts, first)
	}
	return append(parts, "context")
}

func keysOf(tables map[string]bool) []string {
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
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
