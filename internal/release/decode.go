package release

import (
	"errors"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// HasOwnReader reports whether the version reads TOML with the parser inside Prefect,
// Python's toml 0.10.2, as every release does. Otherwise TOML is TOML 1.0.
func (v Version) HasOwnReader() bool { return v != Any && v != Documented }

// Positions returns the positions of a config's keys, as the version reads them. What it
// cannot read has the positions of TOML 1.0, as far as it is that.
func (v Version) Positions(text string) *tomlpos.Document {
	if v.HasOwnReader() {
		if _, doc, err := pytoml.Scan(text); err == nil {
			return doc
		}
	}
	doc, _ := tomlpos.Scan(text)
	return doc
}

// decodeFile parses the TOML text of a file, as the version does. The error is an
// [*Error].
func (v Version) decodeFile(file, text string) (*table, error) {
	if !v.HasOwnReader() {
		return decode(file, text)
	}
	read, err := pytoml.Read(text)
	if err != nil {
		return nil, refusedByPython(file, text, err)
	}
	return fromPython(read, nil, Origin{File: file}), nil
}

// refusedByPython returns the error of the parser inside Prefect. If TOML 1.0 refuses
// the text too, the line is where that does, since Python often only says that the end
// of the file was reached.
func refusedByPython(file, text string, refused *pytoml.Error) *Error {
	doc, problem := tomlpos.Scan(text)
	if refused.Limit == nil && problem != nil && problem.Problem != tomlpos.TooDeep {
		e := invalidTOML(file, doc, problem)
		e.Class = refused.Class
		return e
	}
	e := &Error{Class: refused.Class, File: file, Line: doc.Position(refused.Offset).Line}
	e.Problem = "valid TOML that the parser inside Prefect refuses: prefect-secrets check says why"
	if refused.Limit != nil {
		e.Problem = refused.Limit.Error()
	}
	return e
}

// decode parses TOML. The decoder recurses as deep as a text nests, so the scanner
// looks at that first. Where the scanner stops at an error that may be none to the
// decoder, such as a form of TOML 1.1, the brackets of the complete text are
// counted.
func decode(file, text string) (*table, error) {
	doc, problem := tomlpos.Scan(text)
	if problem != nil && (problem.Problem == tomlpos.TooDeep || tooDeep(text)) {
		return nil, invalidTOML(file, doc, problem)
	}
	raw := map[string]any{}
	meta, err := toml.Decode(text, &raw)
	var failed toml.ParseError
	switch {
	case err == nil:
		return ordered(raw, nil, orderOf(meta.Keys()), Origin{File: file}), nil
	case problem != nil:
		return nil, invalidTOML(file, doc, problem)
	case errors.As(err, &failed):
		return nil, &Error{Class: decodeError, File: file, Line: failed.Position.Line, Problem: notTOML}
	}
	return nil, &Error{Class: decodeError, File: file, Problem: notTOML}
}

const (
	decodeError = "TomlDecodeError"
	notTOML     = "not valid TOML: prefect-secrets check shows the place"
)

// invalidTOML returns the error of a line that does not parse, without the decoder's
// own text, which quotes values.
func invalidTOML(file string, doc *tomlpos.Document, problem *tomlpos.Error) *Error {
	e := &Error{Class: decodeError, File: file, Line: doc.Position(problem.Start).Line, Problem: notTOML}
	switch problem.Problem {
	case tomlpos.TooDeep:
		e.Class, e.Problem = "", pytoml.ErrTooDeep.Error()
	case tomlpos.NotUTF8, tomlpos.UTF16, tomlpos.Binary:
		e.Problem = problem.Problem.String()
	}
	if !utf8.ValidString(doc.Text) {
		e.Class = "UnicodeDecodeError" // Python decodes the file before it parses it
	}
	return e
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

// normal gives a list of tables, which has a type of its own in the decoder, the
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
