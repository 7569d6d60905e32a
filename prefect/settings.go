package prefect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// path is where a setting stands: [context.secrets] KEY is context, secrets, KEY.
type path []string

func (p path) String() string { return strings.Join(p, ".") }

// key is p as a map key that no part of it can forge.
func (p path) key() string { return fmt.Sprintf("%q", []string(p)) }

func (p path) child(name string) path { return append(slices.Clip(p), name) }

func (p path) isSecret() bool {
	return len(p) == 3 && p[0] == "context" && p[1] == "secrets"
}

type origin int

const (
	fromDefault origin = iota
	fromFile
	fromEnvironment
)

// setting is one leaf of a config. A list is a leaf, too: Prefect neither
// expands nor casts what is inside.
type setting struct {
	path   path
	value  any
	origin origin
}

// settings are a config's leaves while it is being read, in the order of their
// coming.
type settings struct {
	leaves  map[string]*setting
	order   []string        // keys of leaves, some of them removed since
	ordered map[string]bool // what order holds
	tables  map[string]bool // every table that some leaf stands in, or stood
	folded  map[string]bool // lower-case names of secrets that the environment set
}

func newSettings() *settings {
	return &settings{leaves: map[string]*setting{}, ordered: map[string]bool{}, tables: map[string]bool{}, folded: map[string]bool{}}
}

// set puts value at p. A scalar over a table drops the table, and a table over a
// scalar the scalar, as Prefect's merge does.
func (s *settings) set(p path, value any, from origin) {
	for i := range p {
		s.remove(p[:i])
		s.tables[p[:i].key()] = true
	}
	key := p.key()
	if s.tables[key] {
		s.removeBelow(p)
	}
	if !s.ordered[key] {
		s.ordered[key] = true
		s.order = append(s.order, key)
	}
	s.leaves[key] = &setting{path: p, value: value, origin: from}
}

func (s *settings) removeBelow(table path) {
	for _, leaf := range s.all() {
		if leaf.path.isBelow(table) {
			s.remove(leaf.path)
		}
	}
}

func (p path) isBelow(table path) bool {
	return len(p) > len(table) && slices.Equal(p[:len(table)], table)
}

// isTable reports whether some leaf stands below p.
func (s *settings) isTable(p path) bool {
	return s.tables[p.key()] && slices.ContainsFunc(s.all(), func(leaf *setting) bool { return leaf.path.isBelow(p) })
}

// all are the leaves that there are, in order.
func (s *settings) all() []*setting {
	leaves := make([]*setting, 0, len(s.leaves))
	for _, key := range s.order {
		if leaf, ok := s.leaves[key]; ok {
			leaves = append(leaves, leaf)
		}
	}
	return leaves
}

func (s *settings) remove(p path) { delete(s.leaves, p.key()) }

// addTable adds a decoded TOML table. An empty table leaves nothing.
func (s *settings) addTable(at path, table map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if inner, ok := table[name].(map[string]any); ok {
			s.addTable(at.child(name), inner)
			continue
		}
		s.set(at.child(name), table[name], fromFile)
	}
}

// envPrefix begins the name of an environment variable that sets a config key
// (Prefect 0.9.3, configuration.py).
const envPrefix = "PREFECT__"

// addEnvironment adds PREFECT__SECTION__KEY=value. Names are lower-cased, those
// of secrets too. Two variables that differ in case alone would set one secret.
func (s *settings) addEnvironment(environ []string) error {
	seen := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		option, ok := strings.CutPrefix(name, envPrefix)
		if !ok || option == "" {
			continue
		}
		p := path(strings.Split(strings.ToLower(option), "__"))
		if err := s.checkEnvironment(p, name, seen); err != nil {
			return err
		}
		s.set(p, value, fromEnvironment)
	}
	return nil
}

func (s *settings) checkEnvironment(p path, name string, seen map[string]string) error {
	for i := 1; i < len(p); i++ {
		if above, ok := s.leaves[p[:i].key()]; ok {
			return fmt.Errorf("%s: sets a key below %s, which is not a table", name, above.path)
		}
	}
	if !p.isSecret() {
		return nil
	}
	if other, ok := seen[p.key()]; ok && other != name {
		return fmt.Errorf("%s and %s both set the secret %q: names set through the environment are lower-case", other, name, p[2])
	}
	seen[p.key()] = name
	s.folded[p[2]] = true
	return nil
}

// tree is the config as nested tables.
func (s *settings) tree() map[string]any {
	root := map[string]any{}
	for _, leaf := range s.all() {
		table := root
		for _, name := range leaf.path[:len(leaf.path)-1] {
			inner, ok := table[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				table[name] = inner
			}
			table = inner
		}
		table[leaf.path[len(leaf.path)-1]] = leaf.value
	}
	return root
}
