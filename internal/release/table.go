package release

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// path is where a setting stands: [context.secrets] KEY is context, secrets, KEY.
type path []string

func (p path) String() string { return strings.Join(p, ".") }

// key is p as a map key that no part of it can forge.
func (p path) key() string {
	var b strings.Builder
	for _, part := range p {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
	}
	return b.String()
}

func (p path) child(name string) path { return append(slices.Clip(p), name) }

func (p path) isSecret() bool { return len(p) >= 3 && InSecrets(p) }

// InSecrets reports whether a setting is the table of secrets, [context.secrets], or
// below it.
func InSecrets(path []string) bool {
	return len(path) >= 2 && path[0] == "context" && path[1] == "secrets"
}

// Table is a table of settings whose order counts, as that of Python's dict does.
// An entry is a *Table or a *leaf.
type Table struct {
	names   []string
	entries map[string]any
	dict    *leaf // the setting whose value this table is; nil for one that TOML has
}

// leaf is a setting, and where it came from. A list is a leaf, too: Prefect
// neither expands nor casts what is inside.
type leaf struct {
	path    path
	value   any
	origin  Origin
	folded  bool   // a secret of the file that takes a lower-case name
	written string // the name in the file, where that is another
	missing string // what its text refers to and is not there
}

func newTable() *Table { return &Table{entries: map[string]any{}} }

func (t *Table) set(name string, entry any) {
	if _, exists := t.entries[name]; !exists {
		t.names = append(t.names, name)
	}
	t.entries[name] = entry
}

// merge puts over, entry by entry, into t: tables into tables, anything else in
// place of what is there.
func (t *Table) merge(over *Table) {
	for _, name := range over.names {
		mine, isTable := t.entries[name].(*Table)
		theirs, both := over.entries[name].(*Table)
		if isTable && both {
			mine.merge(theirs)
			continue
		}
		t.set(name, over.entries[name])
	}
}

// defaultTable is what a release begins with.
func defaultTable(settings []defaultSetting) *Table {
	root := newTable()
	for _, s := range settings {
		p := path(strings.Split(s.path, "."))
		at := root
		for _, name := range p[:len(p)-1] {
			next, ok := at.entries[name].(*Table)
			if !ok {
				next = newTable()
				at.set(name, next)
			}
			at = next
		}
		at.set(p[len(p)-1], &leaf{path: p, value: s.value})
	}
	return root
}

// decode reads TOML. The error holds no value: the decoder's own text would. The
// decoder recurses as deep as a text nests, so the scanner comes first. What it
// refuses and the decoder may take, such as the forms of TOML 1.1, it has not read to
// the end, and the brackets are counted.
func decode(file, text string) (*Table, error) {
	doc, problem := tomlpos.Scan(text)
	if problem != nil && (problem.Problem == tomlpos.TooDeep || tooDeep(text)) {
		return nil, scanError(file, doc.Position(problem.Start).Line, problem.Problem)
	}
	raw := map[string]any{}
	meta, err := toml.Decode(text, &raw)
	if err != nil {
		return nil, tomlError(file, err)
	}
	return ordered(raw, nil, orderOf(meta.Keys()), Origin{File: file}), nil
}

// orderOf is, by the key of each table's path, the order of the names in it.
func orderOf(keys []toml.Key) map[string][]string {
	order, seen := map[string][]string{}, map[string]bool{}
	for _, key := range keys {
		p := path(key)
		for i, name := range p {
			if at := p[:i+1].key(); !seen[at] {
				seen[at] = true
				above := p[:i].key()
				order[above] = append(order[above], name)
			}
		}
	}
	return order
}

func ordered(raw map[string]any, at path, order map[string][]string, from Origin) *Table {
	t := newTable()
	for _, name := range order[at.key()] {
		value, ok := raw[name]
		if inner, isTable := value.(map[string]any); isTable {
			t.set(name, ordered(inner, at.child(name), order, from))
		} else if ok {
			t.set(name, &leaf{path: at.child(name), value: normal(value), origin: from})
		}
	}
	return t
}

// normal gives a list of tables, which the decoder has in a type of its own, the
// type of every list.
func normal(value any) any {
	tables, ok := value.([]map[string]any)
	if !ok {
		return value
	}
	list := make([]any, len(tables))
	for i, t := range tables {
		list[i] = t
	}
	return list
}

// scanError says on which line the TOML does not parse.
func scanError(file string, line int, problem tomlpos.Problem) error {
	e := &Error{Class: "TomlDecodeError", File: file, Line: line, Problem: "not valid TOML: prefect-secrets check shows the place"}
	if problem == tomlpos.TooDeep {
		e.Problem = fmt.Sprintf("it nests deeper than %d levels: use fewer", tomlpos.MaxDepth)
	}
	return e
}

// tomlError says where the TOML does not parse. The decoder's own text is not
// kept, for it quotes values.
func tomlError(file string, err error) error {
	line := 0
	var parse toml.ParseError
	if errors.As(err, &parse) {
		line = parse.Position.Line
	}
	return &Error{Class: "TomlDecodeError", File: file, Line: line, Problem: "not valid TOML: prefect-secrets check shows the place"}
}
