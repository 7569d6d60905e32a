package release

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// decodeFile parses the TOML text of a file. A release also refuses what the parser
// inside Prefect refuses. The error is an [*Error].
func (v Version) decodeFile(file, text string) (*table, error) {
	t, err := decode(file, text)
	if err == nil && v != Documented {
		err = refusedByPython(file, text)
	}
	return t, err
}

// refusedByPython parses the text as Python's toml 0.10.2 does, the parser inside every
// release. It returns the error of that parser, with its line.
func refusedByPython(file, text string) error {
	_, err := pytoml.Read(text)
	var refused *pytoml.Error
	if !errors.As(err, &refused) {
		return nil
	}
	before := string([]rune(text)[:min(refused.Offset, utf8.RuneCountInString(text))])
	return &Error{
		Class: refused.Class, File: file, Line: 1 + strings.Count(before, "\n"),
		Problem: "valid TOML that the parser inside Prefect refuses: prefect-secrets check says why",
	}
}

// decode parses TOML. The decoder recurses as deep as a text nests, so the scanner
// looks at that first. Where the scanner stops at an error that may be none to the
// decoder, such as a form of TOML 1.1, the brackets of the complete text are counted.
func decode(file, text string) (*table, error) {
	doc, problem := tomlpos.Scan(text)
	if problem != nil && (problem.Problem == tomlpos.TooDeep || tooDeep(text)) {
		e := invalidTOML(file, doc.Position(problem.Start).Line)
		if problem.Problem == tomlpos.TooDeep {
			e.Problem = fmt.Sprintf("it nests deeper than %d levels: use fewer", tomlpos.MaxDepth)
		}
		return nil, e
	}
	raw := map[string]any{}
	meta, err := toml.Decode(text, &raw)
	var failed toml.ParseError
	switch {
	case errors.As(err, &failed):
		return nil, invalidTOML(file, failed.Position.Line)
	case err != nil:
		return nil, invalidTOML(file, 0)
	}
	return ordered(raw, nil, orderOf(meta.Keys()), Origin{File: file}), nil
}

// invalidTOML returns the error of a line that does not parse, without the decoder's
// own text, which quotes values.
func invalidTOML(file string, line int) *Error {
	return &Error{Class: "TomlDecodeError", File: file, Line: line, Problem: "not valid TOML: prefect-secrets check shows the place"}
}

// orderOf returns the order of the names in each table, by the key of its path.
func orderOf(keys []toml.Key) map[string][]string {
	order, seen := map[string][]string{}, map[string]bool{}
	for _, key := range keys {
		p := path(key)
		for i, name := range p {
			if key := p[:i+1].key(); !seen[key] {
				seen[key] = true
				parent := p[:i].key()
				order[parent] = append(order[parent], name)
			}
		}
	}
	return order
}

// ordered returns decoded TOML as a table, in the given order.
func ordered(raw map[string]any, at path, order map[string][]string, from Origin) *table {
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

// normal gives a list of tables, which has a type of its own in the decoder, the type of
// every list.
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
